from common import backward, forward

loss, labels = "squares", "one-hot"


def gradient(weights, biases, X, Y):
    a = forward(weights, biases, X)
    error = a[-1] - Y
    return *backward(weights, a, 2 * error * a[-1] * (1 - a[-1]) / len(X)), (error**2).sum() / len(X)
