# Right programs for every activation and loss, as gradients and as updates: nothing must be found in them.
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


HIDDEN = {
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
}


def quadratic(z, y):
    a = sigmoid(z)
    return np.sum((a - y) ** 2) / 2, (a - y) * a * (1 - a)


def cross_entropy(z, y):
    z = z - z.max(axis=1, keepdims=True)
    logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -np.sum(logs * y), np.exp(logs) - y


LOSSES = {"sigmoid-quadratic": quadratic, "softmax-cross-entropy": cross_entropy}


def gradient_of(activation, loss):
    (f, slope), last = HIDDEN[activation], LOSSES[loss]

    def gradient(weights, biases, images, labels):
        a = [images]
        for w, b in zip(weights[:-1], biases[:-1]):
            a.append(f(a[-1] @ w.T + b))
        y = np.eye(len(weights[-1]), dtype=images.dtype)[labels]
        total, delta = last(a[-1] @ weights[-1].T + biases[-1], y)
        dw, db = [], []
        for l in reversed(range(len(weights))):
            dw.insert(0, delta.T @ a[l] / len(images))
            db.insert(0, delta.sum(axis=0) / len(images))
            if l > 0:
                delta = delta @ weights[l] * slope(a[l])
        return dw, db, total / len(images)

    return gradient


def update_of(activation, loss):
    gradient = gradient_of(activation, loss)

    def train_batch(weights, biases, images, labels, rate):
        dw, db, total = gradient(weights, biases, images, labels)
        for parameters, gradients in ((weights, dw), (biases, db)):
            for p, g in zip(parameters, gradients):
                p -= rate * g
        return total

    return train_batch


programs = {
    f"{form}.{activation}.{loss}": of(activation, loss)
    for form, of in (("gradient", gradient_of), ("update", update_of))
    for activation in HIDDEN
    for loss in LOSSES
}
