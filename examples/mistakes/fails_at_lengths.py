import numpy as np

labels, activation, loss = "one-hot", "tanh", "softmax-cross-entropy"


def gradient(weights, biases, x, y):
    a = [x]
    for w, b in zip(weights[:-1], biases[:-1]):
        a.append(np.tanh(a[-1] @ w.T + b))
    e = np.exp(a[-1] @ weights[-1].T + biases[-1])
    delta = (e / e.sum(axis=1) - y) / len(x)  # wrong: (B, classes) / (B,)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(axis=0))
        delta = delta @ weights[l] * (1 - a[l] ** 2)
    return dw, db
