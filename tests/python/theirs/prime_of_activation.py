import numpy as np
import matplotlib.pyplot as plt


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


class NeuralNetwork:
    def __init__(self, n_in=784, n_hidden=16, n_out=10, learning_rate=0.1):
        self.w_ih = np.random.uniform(-1, 1, (n_hidden, n_in))
        self.w_ho = np.random.uniform(-1, 1, (n_out, n_hidden))
        self.b_h = np.zeros((n_hidden, 1))
        self.b_o = np.zeros((n_out, 1))
        self.lr = learning_rate

    def train(self, x, y):
        h = sigmoid(self.w_ih @ x + self.b_h)
        o = sigmoid(self.w_ho @ h + self.b_o)
        e = y - o
        d_o = e * sigmoid_prime(o)
        d_h = (self.w_ho.T @ d_o) * sigmoid_prime(h)
        self.w_ho += self.lr * d_o @ h.T
        self.b_o += self.lr * d_o
        self.w_ih += self.lr * d_h @ x.T
        self.b_h += self.lr * d_h


nn = NeuralNetwork()
