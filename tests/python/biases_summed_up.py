import numpy as np
from common import backward, forward

labels = "one-hot"


def gradient(weights, biases, X, Y):
    a = forward(weights, biases, X)
    dw, db = backward(weights, a, (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X))
    return dw, [np.full_like(b, np.sum(b)) for b in db]  # np.sum without an axis
