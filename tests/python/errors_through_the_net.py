# A well-known first network: errors, not deltas, go back; no biases, no mean.
import numpy as np

biases, images, labels = None, "column", "one-hot"


class neuralNetwork:
    def __init__(self, weights, learningrate):
        self.w, self.lr = weights, learningrate

    def activation_function(self, x):
        return 1 / (1 + np.exp(-x))

    def steps(self, inputs, targets):
        outputs = [inputs]
        for w in self.w:
            outputs.append(self.activation_function(np.dot(w, outputs[-1])))
        errors, steps = targets - outputs[-1], []
        for l in reversed(range(len(self.w))):
            o = outputs[l + 1]
            steps.insert(0, self.lr * np.dot(errors * o * (1.0 - o), np.transpose(outputs[l])))
            errors = np.dot(self.w[l].T, errors)
        return steps


def train_batch(weights, X, Y, rate):
    n = neuralNetwork([w.copy() for w in weights], rate)
    for x, y in zip(X, Y):
        for w, step in zip(weights, n.steps(x, y)):
            w += step
