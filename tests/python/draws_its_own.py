import slope

net = slope.definitions("theirs/draws_its_own.py")
layers, activation, loss, images = [12, 7, 10], "tanh", "softmax-cross-entropy", "columns"


def train_batch(weights, biases, X, Y, rate):
    net.initialize = lambda *_: {"W1": weights[0], "b1": biases[0], "W2": weights[1], "b2": biases[1]}
    return net.model(X, Y, 7, num_iterations=1, learning_rate=rate)
