import slope

net = slope.definitions("theirs/kaggle_columns.py")
layers, activation, loss, images = [12, 7, 10], "relu", "softmax-cross-entropy", "columns"


def train_batch(weights, biases, X, Y, rate):
    net.m = X.shape[1]
    (W1, W2), (b1, b2) = weights, biases
    dW1, db1, dW2, db2 = net.backward_prop(*net.forward_prop(W1, b1, W2, b2, X), W1, W2, X, Y)
    W1, b1, W2, b2 = net.update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, rate)
    return [W1, W2], [b1, b2]
