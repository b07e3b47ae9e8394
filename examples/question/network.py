# A network from scratch: it gets slower with more examples, and its accuracy stays at 9.87 %. This file is as its
# author would have it, with its mistakes and with all that it does when it is started. question.py fits it to Slope.
import matplotlib.pyplot as plt
import numpy as np
from mnist import MNIST

LAYERS = [784, 16, 16, 10]
LEARNING_RATE = 0.01
BATCH_SIZE = 6000
EPOCHS = 5


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Network:
    def __init__(self, sizes):
        self.weights = [np.random.uniform(-1, 1, (n, below)) for below, n in zip(sizes, sizes[1:])]
        self.biases = [np.zeros((n, 1)) for n in sizes[1:]]
        self.activations = [None] * len(sizes)

    def forward(self, x):
        self.activations[0] = x
        for l, (w, b) in enumerate(zip(self.weights, self.biases)):
            self.activations[l + 1] = sigmoid(w @ self.activations[l] + b)
        return self.activations[-1]

    def deltas(self, error):
        """The delta of every layer, the first layer's first."""
        a = self.activations[-1]
        deltas = [error * a * (1 - a)]
        for l in range(len(self.weights) - 1, 0, -1):
            a = self.activations[l]
            deltas.insert(0, self.weights[l].T @ deltas[0] * a * (1 - a))
        return deltas

    def train_dataset(self, images, labels):
        """Gradients of the weights and of the biases: means over these examples."""
        all_deltas, loss = [], 0.0
        for x, y in zip(images, labels):
            error = self.forward(x) - y
            loss += 0.5 * np.sum(error**2)
            all_deltas.append(self.deltas(error))
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        for deltas in all_deltas:
            for l, delta in enumerate(deltas):
                nabla_w[l] = nabla_w[l] + delta @ self.activations[l].T
                nabla_b[l] = nabla_b[l] + delta
        n = len(images)
        return [nw / n for nw in nabla_w], [nb / n for nb in nabla_b], loss / n


images, labels = MNIST("data").load_training()
images = [np.array(image).reshape(-1, 1) / 255 for image in images]
labels = [np.eye(10)[label].reshape(-1, 1) for label in labels]
network = Network(LAYERS)
losses = []
for epoch in range(EPOCHS):
    for at in range(0, len(images), BATCH_SIZE):
        batch = slice(at, at + BATCH_SIZE)
        nabla_w, nabla_b, loss = network.train_dataset(images[batch], labels[batch])
        network.weights = [w - LEARNING_RATE * nw for w, nw in zip(network.weights, nabla_w)]
        network.biases = [b - LEARNING_RATE * nb for b, nb in zip(network.biases, nabla_b)]
        losses.append(loss)
plt.plot(losses)
plt.show()
