import slope

net = slope.definitions("theirs/chapter_one.py")
images, biases, labels = "column", "column", "one-hot"


def gradient(weights, biases, x, y):
    network = net.Network([1, 1])
    network.weights, network.biases, network.num_layers = weights, biases, len(weights) + 1
    nabla_b, nabla_w = network.backprop(x, y)
    return nabla_w, nabla_b
