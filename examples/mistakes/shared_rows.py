import numpy as np

labels = "one-hot"


def gradient(weights, biases, x, y):
    a = [x]
    for w, b in zip(weights, biases):
        a.append(1 / (1 + np.exp(-(a[-1] @ w.T + b))))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        rows = [np.zeros(len(weights[l][0]))] * len(weights[l])  # wrong: one and the same array
        for o, row in enumerate(rows):
            row += delta[:, o] @ a[l]
        dw.insert(0, np.array(rows))
        db.insert(0, delta.sum(axis=0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db
