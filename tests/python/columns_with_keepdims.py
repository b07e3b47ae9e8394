# (features, m), a cache of tuples, keepdims, and 1 / m in front of every product.
import numpy as np

images, biases, labels = "columns", "column", "one-hot"
activation, loss = "tanh", "softmax-cross-entropy"


def softmax(Z):
    expZ = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return expZ / np.sum(expZ, axis=0, keepdims=True)


def gradient(weights, biases, X, Y):
    m, L = X.shape[1], len(weights)
    A, caches = X, []
    for l in range(L):
        Z = np.matmul(weights[l], A) + biases[l]
        caches.append((A, Z))
        A = np.tanh(Z) if l < L - 1 else softmax(Z)
    cost = -1 / m * np.sum(Y * np.log(A + 1e-300))
    grads = {}
    dZ = A - Y
    for l in range(L, 0, -1):
        A_prev, _ = caches[l - 1]
        grads["dW" + str(l)] = 1 / m * np.matmul(dZ, A_prev.T)
        grads["db" + str(l)] = 1 / m * np.sum(dZ, axis=1, keepdims=True)
        if l > 1:
            dZ = np.matmul(weights[l - 1].T, dZ) * (1 - np.power(np.tanh(caches[l - 2][1]), 2))
    grads["loss"] = cost
    return grads
