# Everything in long double, as someone did who did not trust float64.
import numpy as np

labels = "one-hot"


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gradient(weights, biases, X, Y):
    W = [w.astype(np.longdouble) for w in weights]
    B = [b.astype(np.longdouble) for b in biases]
    A = [X.astype(np.longdouble)]
    for w, b in zip(W, B):
        A.append(sigmoid(np.dot(A[-1], w.T) + b))
    E = A[-1] - Y
    D = E * A[-1] * (1 - A[-1]) / len(X)
    dW, dB = [None] * len(W), [None] * len(B)
    for l in range(len(W))[::-1]:
        dW[l], dB[l] = np.dot(D.T, A[l]), D.sum(axis=0)
        D = np.dot(D, W[l]) * A[l] * (1 - A[l])
    as_float = lambda arrays: [np.asarray(a, np.float64) for a in arrays]
    return as_float(dW), as_float(dB), float((E**2).sum() / (2 * len(X)))
