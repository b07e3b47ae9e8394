import slope

net = slope.definitions("theirs/all_globals.py")
labels, layers = "one-hot", [12, 7, 10]


def gradient(weights, biases, X, Y):
    (net.W1, net.W2), (net.b1, net.b2) = weights, biases
    net.forward(X)
    net.backward(X, Y)
    return [net.dW1, net.dW2], [net.db1, net.db2]
