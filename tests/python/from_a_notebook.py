import slope

net = slope.definitions("theirs/from_a_notebook.ipynb")
layers, activation, loss = [12, 10, 10], "relu", "softmax-cross-entropy"
images = "columns"


def gradient(weights, biases, X, Y):
    dW1, db1, dW2, db2 = net.backward(weights[0], biases[0], weights[1], biases[1], X, Y)
    return [dW1, dW2], [db1, db2]
