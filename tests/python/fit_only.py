import slope

net = slope.definitions("theirs/fit_only.py")
activation, loss, weights = "tanh", "softmax-cross-entropy", "in,out"


def train_batch(weights, biases, X, y, rate):
    mlp = net.MLP([1, 1], lr=rate, batch_size=len(X))
    mlp.layers = [net.Dense(w, b) for w, b in zip(weights, biases)]
    mlp.fit(X, y, epochs=1)
    return [one.W for one in mlp.layers], [one.b for one in mlp.layers]
