# Standardised pixels and weight decay, both declared; the loss that it prints has no penalty.
import numpy as np
from common import backward, forward

labels, pixels, weight_decay = "one-hot", "(x-0.1307)/0.3081", 5e-3


def gradient(weights, biases, X, Y):
    X = (X - 0.1307) / 0.3081
    a = forward(weights, biases, X)
    dw, db = backward(weights, a, (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X))
    dw = [d + weight_decay * w for d, w in zip(dw, weights)]
    return dw, db, ((a[-1] - Y) ** 2).sum() / 2 / len(X)
