import numpy as np
import slope

net = slope.definitions("theirs/own_network.py")
layers, images, labels, biases, targets, pixels = [12, 7, 10], "row", "one-hot", None, (0.01, 0.99), (0.01, 1.0)


def gradient(weights, x, y):
    n = net.neuralNetwork(12, 7, 10, 1.0)
    n.activation_function = lambda z: 1 / (1 + np.exp(-z))
    n.wih, n.who = [w.copy() for w in weights]
    n.train(x, y)
    return [weights[0] - n.wih, weights[1] - n.who]
