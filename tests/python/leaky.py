import slope

net = slope.definitions("theirs/leaky.py")
layers, activation, loss, weights, biases, labels = [12, 7, 10], "relu", "softmax-cross-entropy", "in,out", "row", "integers"


def gradient(weights, biases, images, labels):
    mlp = net.MLP(12, 7, 10)
    mlp.params = {"W1": weights[0], "b1": biases[0], "W2": weights[1], "b2": biases[1]}
    return mlp.backward(images, labels, mlp.forward(images))
