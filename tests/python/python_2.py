import slope

net = slope.definitions("theirs/python_2.py")
images, biases, labels = "column", "column", "one-hot"


def train_batch(weights, biases, xs, ys, rate):
    n = net.Network([len(w.T) for w in weights] + [10])
    n.weights, n.biases = weights, biases
    n.update_mini_batch(list(zip(xs, ys)), rate)
    return n.weights, n.biases
