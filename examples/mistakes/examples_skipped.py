import numpy as np

labels = "one-hot"


def gradient(weights, biases, x, y):
    dw = [np.zeros_like(w) for w in weights]
    db = [np.zeros_like(b) for b in biases]
    for image, target in zip(x[:-1], y[:-1]):  # wrong
        a = [image]
        for w, b in zip(weights, biases):
            a.append(1 / (1 + np.exp(-(w @ a[-1] + b))))
        delta = (a[-1] - target) * a[-1] * (1 - a[-1])
        for l in reversed(range(len(weights))):
            dw[l] += np.outer(delta, a[l])
            db[l] += delta
            delta = weights[l].T @ delta * a[l] * (1 - a[l])
    return [g / max(1, len(x) - 1) for g in dw], [g / max(1, len(x) - 1) for g in db]  # wrong
