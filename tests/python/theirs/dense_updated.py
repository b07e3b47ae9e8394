import numpy as np


class Dense:
    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)

    def forward(self, input):
        self.input = input
        return np.dot(self.weights, self.input) + self.bias

    def backward(self, output_gradient, learning_rate):
        self.weights -= learning_rate * np.dot(output_gradient, self.input.T)
        self.bias -= learning_rate * np.sum(output_gradient, axis=1, keepdims=True)
        return np.dot(self.weights.T, output_gradient)


class Sigmoid:
    def forward(self, input):
        self.out = 1 / (1 + np.exp(-input))
        return self.out

    def backward(self, output_gradient, learning_rate):
        return np.multiply(output_gradient, self.out * (1 - self.out))


def train(network, loss_prime, x, y, learning_rate=0.01):
    output = x
    for layer in network:
        output = layer.forward(output)
    grad = loss_prime(y, output)
    for layer in reversed(network):
        grad = layer.backward(grad, learning_rate)
