import slope

net = slope.definitions("theirs/minitorch/network.py")
activation, loss, weights = "relu", "softmax-cross-entropy", "in,out"


def gradient(weights, biases, X, y):
    params = list(zip(weights, biases))
    _, cache = net.forward(params, X)
    grads = net.backward(params, cache, y, len(X))
    return [g[0] for g in grads[::-1]], [g[1] for g in grads[::-1]]
