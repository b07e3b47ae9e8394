# Every minibatch is standardised by its own mean and deviation.
import numpy as np
from common import backward, forward

labels = "one-hot"


def gradient(weights, biases, X, Y):
    X = (X - X.mean()) / (X.std() + 1e-8)
    a = forward(weights, biases, X)
    return backward(weights, a, (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X))
