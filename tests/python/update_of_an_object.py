import slope

net = slope.definitions("theirs/chapter_one.py")
images, biases, labels = "column", "column", "one-hot"


def train_batch(weights, biases, xs, ys, rate):
    network = net.Network([1, 1])
    network.weights, network.biases, network.num_layers = weights, biases, len(weights) + 1
    network.update_mini_batch(list(zip(xs, ys)), rate)
    return network.weights, network.biases
