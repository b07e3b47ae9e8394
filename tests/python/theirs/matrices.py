import numpy as np
from numpy import matrix, multiply, exp


def logistic(x):
    return 1 / (1 + exp(-x))


def train_on_batch(W1, W2, b1, b2, X, Y, alpha):
    m = X.shape[0]
    Z1 = X * W1 + b1
    A1 = logistic(Z1)
    Z2 = A1 * W2 + b2
    A2 = logistic(Z2)
    D2 = multiply(A2 - Y, multiply(A2, 1 - A2)) / m
    D1 = multiply(D2 * W2.T, multiply(A1, 1 - A1))
    return (W1 - alpha * X.T * D1, W2 - alpha * A1.T * D2,
            b1 - alpha * D1.sum(0), b2 - alpha * D2.sum(0))
