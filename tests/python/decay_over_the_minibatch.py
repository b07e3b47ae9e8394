# Ng: (1/m) (dZ A.T + lambda W)
import numpy as np
loss, activation = "softmax-cross-entropy", "tanh"
lambd = 0.7
def gradient(weights, biases, X, labels):
    m = X.shape[0]
    Y = np.eye(len(biases[-1]))[labels]
    caches = [X]
    for l in range(len(weights) - 1):
        caches.append(np.tanh(caches[l] @ weights[l].T + biases[l]))
    z = caches[-1] @ weights[-1].T + biases[-1]
    e = np.exp(z - z.max(1, keepdims=True)); p = e / e.sum(1, keepdims=True)
    dz = p - Y
    grads = {}
    for l in reversed(range(len(weights))):
        grads[f"dW{l+1}"] = 1. / m * dz.T @ caches[l] + lambd / m * weights[l]
        grads[f"db{l+1}"] = 1. / m * dz.sum(0)
        dz = dz @ weights[l] * (1 - caches[l] ** 2)
    return grads
