# Momentum in the update; the velocity stays from call to call.
import numpy as np
from common import backward, forward

labels = "one-hot"
velocity = {}


def train_batch(weights, biases, X, Y, rate, mu=0.9):
    a = forward(weights, biases, X)
    dw, db = backward(weights, a, (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X))
    for name, params, grads in (("w", weights, dw), ("b", biases, db)):
        for l, (p, g) in enumerate(zip(params, grads)):
            v = velocity.get((name, l), 0)
            velocity[name, l] = mu * v + g
            p -= rate * velocity[name, l]
