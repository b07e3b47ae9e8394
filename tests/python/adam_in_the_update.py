# the update is Adam's, its state made anew in each call
import numpy as np
def sigmoid(z): return 1 / (1 + np.exp(-z))
def train_batch(weights, biases, X, labels, rate):
    Y = np.eye(weights[-1].shape[0])[labels]
    a = [X]
    for W, b in zip(weights, biases): a.append(sigmoid(a[-1] @ W.T + b))
    d = (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X)
    for l in reversed(range(len(weights))):
        gw, gb = d.T @ a[l], d.sum(0)
        d = d @ weights[l] * a[l] * (1 - a[l])
        for p, g in ((weights[l], gw), (biases[l], gb)):
            m, v = 0.1 * g, 0.001 * g * g
            p -= rate * (m / 0.1) / (np.sqrt(v / 0.001) + 1e-8)
