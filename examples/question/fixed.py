"""The same network, fixed: each example goes backward before the next one goes forward. Nothing else differs."""

import numpy as np
import slope

theirs = slope.definitions("network.py")
weights, images, biases, labels = "out,in", "rows", "column", "one-hot"


class Fixed(theirs.Network):
    def train_dataset(self, images, labels):
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        loss, n = 0.0, len(images)
        for x, y in zip(images, labels):
            error = self.forward(x) - y
            loss += 0.5 * np.sum(error**2) / n
            for l, delta in enumerate(self.deltas(error)):
                nabla_w[l] = nabla_w[l] + delta @ self.activations[l].T / n
                nabla_b[l] = nabla_b[l] + delta / n
        return nabla_w, nabla_b, loss


def gradient(weights, biases, images, labels):
    network = Fixed([w.shape[1] for w in weights] + [len(weights[-1])])
    network.weights, network.biases = weights, biases
    return network.train_dataset([x.reshape(-1, 1) for x in images], [y.reshape(-1, 1) for y in labels])
