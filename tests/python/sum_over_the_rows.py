import slope

theirs = slope.definitions("theirs/sum_over_the_rows.py")
weights, biases, layers = "in,out", "row", [12, 7, 10]
activation, loss = "relu", "softmax-cross-entropy"


def gradient(weights, biases, X, Y):
    theirs.m = len(X)
    (W1, W2), (b1, b2) = weights, biases
    return theirs.backward_prop(*theirs.forward_prop(W1, b1, W2, b2, X), W1, W2, X, Y)
