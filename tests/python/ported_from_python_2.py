# A book's network, ported by hand: zip, map and lambda, one example at a time, the sum divided in the update.
import numpy as np

images, biases, labels = "column", "column", "one-hot"
xrange = range


class QuadraticCost(object):
    @staticmethod
    def delta(z, a, y):
        return (a - y) * sigmoid_prime(z)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def backprop(weights, biases, x, y):
    nabla_b = list(map(lambda b: np.zeros(b.shape), biases))
    nabla_w = list(map(lambda w: np.zeros(w.shape), weights))
    activation, activations, zs = x, [x], []
    for b, w in zip(biases, weights):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    delta = QuadraticCost.delta(zs[-1], activations[-1], y)
    nabla_b[-1], nabla_w[-1] = delta, np.dot(delta, activations[-2].transpose())
    for l in xrange(2, len(weights) + 1):
        delta = np.dot(weights[-l + 1].transpose(), delta) * sigmoid_prime(zs[-l])
        nabla_b[-l], nabla_w[-l] = delta, np.dot(delta, activations[-l - 1].transpose())
    return nabla_w, nabla_b


def train_batch(weights, biases, X, Y, eta):
    nabla_w = [np.zeros(w.shape) for w in weights]
    nabla_b = [np.zeros(b.shape) for b in biases]
    for x, y in zip(X, Y):
        dw, db = backprop(weights, biases, x, y)
        nabla_w = [nw + d for nw, d in zip(nabla_w, dw)]
        nabla_b = [nb + d for nb, d in zip(nabla_b, db)]
    return (
        [w - (eta / len(X)) * nw for w, nw in zip(weights, nabla_w)],
        [b - (eta / len(X)) * nb for b, nb in zip(biases, nabla_b)],
    )
