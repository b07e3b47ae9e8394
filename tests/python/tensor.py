import slope

net = slope.definitions("theirs/tensor.py")
activation, loss = "relu", "softmax-cross-entropy"


def gradient(weights, biases, X, y):
    model = net.MLP([1, 1])
    model.weights, model.biases = [[net.Tensor(a) for a in list_] for list_ in (weights, biases)]
    value = model(net.Tensor(X)).nll(y)
    value.backward()
    return [w.grad for w in model.weights], [b.grad for b in model.biases], value.data
