import slope

net = slope.definitions("theirs/lists_of_neurons.py")
images, labels = "row", "one-hot"


def gradient(weights, biases, x, y):
    layers = [[{"weights": [*w, b]} for w, b in zip(*one)] for one in zip(weights, biases)]
    net.forward_propagate(layers, x)
    net.backward_propagate_error(layers, y)
    net.update_weights(layers, [*x, None], 1.0)
    after = [[n["weights"] for n in layer] for layer in layers]
    return ([w - [a[:-1] for a in l] for w, l in zip(weights, after)], [b - [a[-1] for a in l] for b, l in zip(biases, after)])
