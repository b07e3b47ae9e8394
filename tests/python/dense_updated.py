import slope

net = slope.definitions("theirs/dense_updated.py")
images, biases, labels = "columns", "column", "one-hot"


def train_batch(weights, biases, X, Y, rate):
    network = [layer for w in weights for layer in (net.Dense(1, 1), net.Sigmoid())]
    for layer, layer.weights, layer.bias in zip(network[::2], weights, biases):
        pass
    net.train(network, lambda y, a: (a - y) / y.shape[1], X, Y, rate)
    return [d.weights for d in network[::2]], [d.bias for d in network[::2]]
