from theirs.x_and_y_inside import NeuralNetwork

layers, biases, weights, labels, result, loss = [12, 7, 10], None, "in,out", "one-hot", "sum", "squares"


def gradient(weights, X, Y):
    n = NeuralNetwork(X, Y)
    n.weights1, n.weights2 = [w.copy() for w in weights]
    n.feedforward()
    n.backprop()
    return [weights[0] - n.weights1, weights[1] - n.weights2]
