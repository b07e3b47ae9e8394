import slope

net = slope.definitions("theirs/prime_of_activation.py")
layers, images, labels, biases = [12, 7, 10], "column", "one-hot", "column"


def gradient(weights, biases, x, y):
    n = net.NeuralNetwork(12, 7, 10, learning_rate=1)
    (n.w_ih, n.w_ho), (n.b_h, n.b_o) = [w.copy() for w in weights], [b.copy() for b in biases]
    n.train(x, y)
    return [weights[0] - n.w_ih, weights[1] - n.w_ho], [biases[0] - n.b_h, biases[1] - n.b_o]
