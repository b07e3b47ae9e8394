from common import forward

labels = "one-hot"


def gradient(weights, biases, X, Y):
    a = forward(weights, biases, X)
    delta, dw, db = (a[-1] - Y) / len(X), [], []  # without a (1 - a)
    for l in range(len(weights) - 1, -1, -1):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db
