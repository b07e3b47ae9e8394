import numpy as np
import a_library_for_plots.pyplot as plt

x = np.arange(-5.0, 5.0, 0.1)
plt.plot(x, 1 / (1 + np.exp(-x)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    return -np.sum(t * np.log(y)) / y.shape[0]
