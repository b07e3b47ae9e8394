from common import backward, forward

result, labels = "sum", "one-hot"


def gradient(weights, biases, X, Y):
    a = forward(weights, biases, X)
    return backward(weights, a, (a[-1] - Y) * a[-1] * (1 - a[-1]))
