import slope

net = slope.definitions("theirs/python_2_of_another_hand.py")
labels = "one-hot"


def gradient(weights, biases, X, Y):
    n = net.MLP([1, 1, 1])
    n.W, n.b = weights, biases
    return n.cost_and_grads(X, Y)
