import numpy as np
import slope

net = slope.definitions("theirs/missing_base.py")
activation, loss, weights, labels, net.safe_sparse_dot = "tanh", "softmax-cross-entropy", "in,out", "one-hot", np.dot


def gradient(weights, biases, X, Y):
    mlp = net.NumpyMLPClassifier(alpha=0)
    mlp.coefs_, mlp.intercepts_, mlp.n_layers_ = weights, biases, len(weights) + 1
    n = len(weights)
    return mlp._backprop(X, Y, [X] + [None] * n, [None] * n, [None] * n, [None] * n)
