import slope

net = slope.definitions("theirs/chapters/ch04/train_two_layers.py")
layers, weights, labels, loss = [12, 7, 10], "in,out", "one-hot", "softmax-cross-entropy"


def gradient(weights, biases, X, Y):
    n = net.TwoLayers(12, 7, 10)
    n.params = dict(W1=weights[0], b1=biases[0], W2=weights[1], b2=biases[1])
    return n.loss(X, Y), n.gradient(X, Y)
