import numpy as np

labels, loss = "one-hot", "softmax-cross-entropy"


def gradient(weights, biases, x, y):
    a = [x]
    for l, (w, b) in enumerate(zip(weights, biases)):
        z = a[-1] @ w.T + b
        a.append(1 / (1 + np.exp(-z)) if l + 1 < len(weights) else softmax(z))
    a[-1] = np.clip(a[-1], 1e-4, 1 - 1e-4)  # wrong
    delta = (a[-1] - y) / len(x)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(axis=0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db


def softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
