import numpy as np

labels, activation, loss = "one-hot", "tanh", "softmax-cross-entropy"


def gradient(weights, biases, x, y):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z.append(a[-1] @ w.T + b)
        a.append(np.tanh(z[-1]))
    p = np.exp(z[-1] - z[-1].max(axis=0, keepdims=True))  # wrong
    p /= p.sum(axis=0, keepdims=True)  # wrong
    delta = (p - y) / len(x)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(axis=0))
        delta = delta @ weights[l] * (1 - a[l] ** 2)
    return dw, db
