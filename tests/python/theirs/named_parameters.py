import a_library_for_tensors
import numpy as np


class Module:
    def __init__(self):
        self._modules = {}

    def __setattr__(self, name, value):
        if isinstance(value, Module):
            self._modules[name] = value
        object.__setattr__(self, name, value)

    def __call__(self, x):
        return self.forward(x)


class Linear(Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = np.random.randn(outputs, inputs) / np.sqrt(inputs)
        self.bias = np.zeros(outputs)

    def forward(self, x):
        self.x = x
        return x @ self.weight.T + self.bias

    def backward(self, grad):
        self.weight_grad = grad.T @ self.x
        self.bias_grad = grad.sum(0)
        return grad @ self.weight


class ReLU(Module):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


class Net(Module):
    def __init__(self):
        super().__init__()
        self.hidden = Linear(784, 30)
        self.act = ReLU()
        self.output = Linear(30, 10)

    def forward(self, x):
        for one in self._modules.values():
            x = one(x)
        return x

    def backward(self, grad):
        for one in reversed(self._modules.values()):
            grad = one.backward(grad)

    def named_grads(self):
        for name, one in self._modules.items():
            for kind in ("weight", "bias"):
                if hasattr(one, kind):
                    yield f"{name}.{kind}", getattr(one, kind + "_grad")


class TensorNet(a_library_for_tensors.nn.Module):
    pass


class CrossEntropyLoss:
    def __call__(self, logits, y):
        e = np.exp(logits - logits.max(1, keepdims=True))
        self.p, self.y = e / e.sum(1, keepdims=True), y
        return -np.log(self.p[range(len(y)), y]).mean()

    def backward(self):
        grad = self.p.copy()
        grad[range(len(self.y)), self.y] -= 1
        return grad / len(self.y)


model, criterion = Net(), CrossEntropyLoss()
device = a_library_for_tensors.device("cuda")
