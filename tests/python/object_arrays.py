import numpy as np
import slope

net = slope.definitions("theirs/object_arrays.py")
images, labels = "row", "one-hot"


def train_batch(weights, biases, X, Y, rate):
    n = net.Net([1, 1])
    n.w, n.b = np.array(weights, dtype=object), np.array(biases, dtype=object)
    n.step(list(zip(X, Y)), rate)
    return n.w, n.b
