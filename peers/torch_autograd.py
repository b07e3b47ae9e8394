"""Peer torch_autograd: PyTorch as its tutorials have it: nn.Linear, autograd and torch.optim.SGD, float32."""

from __future__ import annotations

import numpy as np
import torch


class TorchAutograd:
    """PyTorch, autograd and its SGD, a whole minibatch per call, float32"""

    name = "torch_autograd"
    precision = "float32"
    threads = True

    def __init__(self, problem):
        torch.set_num_threads(problem.threads)
        self.threads_used = torch.get_num_threads()
        sizes = problem.sizes
        self.model = sequential(sizes, problem.activation)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1.0)
        self.inputs = torch.from_numpy(np.array(problem.pixels)).to(torch.float32) / 255
        labels = torch.from_numpy(np.array(problem.labels)).to(torch.int64)
        if problem.loss == "softmax-cross-entropy":
            self.loss = torch.nn.functional.cross_entropy
            self.targets = labels
        else:
            self.loss = sigmoid_quadratic
            self.targets = torch.nn.functional.one_hot(labels, sizes[-1]).to(torch.float32)

    def load(self, parameters):
        flat = torch.from_numpy(np.asarray(parameters))
        with torch.no_grad():
            at = 0
            for parameter in self.model.parameters():  # weights (out, in), biases: canonical order
                end = at + parameter.numel()
                parameter.copy_(flat[at:end].view_as(parameter))
                at = end

    def dump(self):
        return flatten(self.model.parameters())

    def loss_and_gradient(self, rows):
        loss = self._backward(torch.from_numpy(rows))
        return loss, flatten(parameter.grad for parameter in self.model.parameters())

    def epoch(self, order, batch_size, rate):
        self.optimizer.param_groups[0]["lr"] = rate
        loss = 0.0
        for rows in torch.from_numpy(order).split(batch_size):
            loss += self._backward(rows) * len(rows)
            self.optimizer.step()
        return loss / len(order)

    def _backward(self, rows):
        """Leaves the gradient in the parameters; returns the mean loss over these rows."""
        x = torch.index_select(self.inputs, 0, rows)
        y = torch.index_select(self.targets, 0, rows)
        loss = self.loss(self.model(x), y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        return loss.item()


def sequential(sizes, hidden_activation):
    """The layers; the last one gives weighted sums z, whose activation belongs to the loss."""
    activation = {
        "sigmoid": torch.nn.Sigmoid,
        "tanh": torch.nn.Tanh,
        "relu": torch.nn.ReLU,
    }[hidden_activation]
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), activation()]
    return torch.nn.Sequential(*layers[:-1])


def sigmoid_quadratic(z, targets):
    """Mean over the rows of ½‖σ(z) − y‖²."""
    squares = torch.nn.functional.mse_loss(torch.sigmoid(z), targets, reduction="sum")
    return squares * (0.5 / len(z))


def flatten(tensors):
    """These tensors one after the other as float64."""
    parts = [tensor.detach().reshape(-1) for tensor in tensors]
    return torch.cat(parts).to(torch.float64).numpy()
