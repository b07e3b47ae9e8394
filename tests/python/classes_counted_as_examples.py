# m is the number of rows of Y.T: it counts classes.
import numpy as np

images, biases, labels = "columns", "column", "one-hot"
loss = "softmax-cross-entropy"


def gradient(weights, biases, X, Y):
    m = Y.shape[0]
    A = [X]
    for l, (W, b) in enumerate(zip(weights, biases)):
        Z = W @ A[-1] + b
        A.append(1 / (1 + np.exp(-Z)))
    p = np.exp(Z - Z.max(axis=0))
    p /= p.sum(axis=0)
    dZ, dW, db = p - Y, [], []
    for l in range(len(weights) - 1, -1, -1):
        dW.insert(0, dZ @ A[l].T / m)
        db.insert(0, dZ.sum(axis=1, keepdims=True) / m)
        dZ = weights[l].T @ dZ * A[l] * (1 - A[l])
    return dW, db
