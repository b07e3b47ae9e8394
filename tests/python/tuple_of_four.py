import slope

net = slope.definitions("theirs/tuple_of_four.py")
layers, activation, loss = [12, 7, 10], "tanh", "softmax-cross-entropy"


def gradient(weights, biases, X, Y):
    return net.back_prop(X, Y, weights[0], biases[0], weights[1], biases[1])
