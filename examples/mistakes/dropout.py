import numpy as np

labels = "one-hot"


def gradient(weights, biases, x, y):
    rng = np.random.default_rng(1)
    a, masks = [x], [1]
    for w, b in zip(weights, biases):
        a[-1] = a[-1] * masks[-1]  # wrong
        a.append(1 / (1 + np.exp(-(a[-1] @ w.T + b))))
        masks.append((rng.random(a[-1].shape) < 0.8) / 0.8)
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(axis=0))
        f = a[l] / np.where(masks[l] == 0, 1, masks[l])
        delta = delta @ weights[l] * masks[l] * f * (1 - f)
    return dw, db
