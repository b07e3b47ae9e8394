# Pixels between 0.01 and 1, which Slope is asked to make.
from common import backward, forward

labels, pixels = "one-hot", (0.01, 1.0)


def gradient(weights, biases, X, Y):
    a = forward(weights, biases, X)
    return backward(weights, a, (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X))
