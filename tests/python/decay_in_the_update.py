# update form: W changed before used, decay with the wrong sign
import numpy as np
def sigmoid(z): return 1 / (1 + np.exp(-z))
def train_batch(weights, biases, X, labels, rate):
    Y = np.eye(weights[-1].shape[0])[labels]
    a = [X]
    for W, b in zip(weights, biases): a.append(sigmoid(a[-1] @ W.T + b))
    d = (a[-1] - Y) * a[-1] * (1 - a[-1])
    for l in reversed(range(len(weights))):
        weights[l] -= rate * (d.T @ a[l] / len(X) - 0.01 * weights[l])
        biases[l] -= rate * d.mean(0)
        if l: d = d @ weights[l] * a[l] * (1 - a[l])
