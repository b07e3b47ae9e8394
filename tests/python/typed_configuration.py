import slope

net = slope.definitions("theirs/typed_configuration.py")
activation, loss, weights = "tanh", "softmax-cross-entropy", "in,out"


def gradient(weights, biases, X, y):
    return net.loss_and_grads([net.Grads(*one) for one in zip(weights, biases)], X, y)
