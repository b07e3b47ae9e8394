"""The gradient of a network of sigmoid layers with quadratic loss. It is right: change it, and ask

slope diagnose my_gradient.py    what is wrong, and why does it not learn?
slope bench --quick              how fast is it, beside others?
"""

import numpy as np


def gradient(weights, biases, images, labels):
    """The gradient of the mean loss over the minibatch, in the shapes of weights and biases, and that loss.

    weights[l]: (out, in), biases[l]: (out,), images: (B, pixels) from 0 to 1, labels: (B,) integers.
    """
    # Forward: the activations of every layer (B, width), the images first.
    activations = [images]
    for w, b in zip(weights, biases):
        activations.append(1 / (1 + np.exp(-(activations[-1] @ w.T + b))))
    error = activations[-1].copy()
    error[np.arange(len(labels)), labels] -= 1
    loss = 0.5 * np.sum(error**2) / len(labels)
    # Backward: the delta of every layer (B, width), the last first.
    weight_gradients, bias_gradients = [], []
    for l in reversed(range(len(weights))):
        above = activations[l + 1]
        delta = error * above * (1 - above)
        weight_gradients.insert(0, delta.T @ activations[l] / len(labels))
        bias_gradients.insert(0, delta.sum(axis=0) / len(labels))
        error = delta @ weights[l]
    return weight_gradients, bias_gradients, loss
