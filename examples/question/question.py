"""The network of network.py as a plug-in: slope diagnose examples/question/question.py --preset question"""

import slope

theirs = slope.definitions("network.py")
weights, images, biases, labels = "out,in", "rows", "column", "one-hot"


def gradient(weights, biases, images, labels):
    network = theirs.Network([w.shape[1] for w in weights] + [len(weights[-1])])
    network.weights, network.biases = weights, biases
    return network.train_dataset([x.reshape(-1, 1) for x in images], [y.reshape(-1, 1) for y in labels])
