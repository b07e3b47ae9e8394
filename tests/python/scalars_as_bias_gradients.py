import slope

net = slope.definitions("theirs/kaggle_columns.py")
layers, activation, loss, images = [12, 7, 10], "relu", "softmax-cross-entropy", "columns"


def gradient(weights, biases, X, Y):
    net.m = X.shape[1]
    (W1, W2), (b1, b2) = weights, biases
    return net.backward_prop(*net.forward_prop(W1, b1, W2, b2, X), W1, W2, X, Y)
