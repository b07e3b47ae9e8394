import slope

net = slope.definitions("theirs/layer_objects.py")
activation, loss, layers = "tanh", "softmax-cross-entropy", [12, 7, 5, 10]
MODEL = [net.Dense(12, 7), net.Tanh(), net.Dense(7, 5), net.Tanh(), net.Dense(5, 10)]


def gradient(weights, biases, X, y):
    for layer, layer.W, layer.b in zip(MODEL[::2], weights, biases):
        pass
    for layer in MODEL:
        X = layer.forward(X)
    end = net.SoftmaxCrossEntropy()
    value, grad = end.forward(X, y), end.backward()
    for layer in MODEL[::-1]:
        grad = layer.backward(grad)
    return [layer.dW for layer in MODEL[::2]], [layer.db for layer in MODEL[::2]], value
