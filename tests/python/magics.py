import slope

net = slope.definitions("theirs/magics.ipynb")
activation, loss, images, precision = "relu", "softmax-cross-entropy", "columns", "float32"


def gradient(weights, biases, X, T):
    model = net.MLP([1, 1])
    model.W, model.b = weights, biases
    model.fwd(X)
    model.bwd(T)
    return model.dW, model.db
