import slope

mlp = slope.definitions("theirs/lab_layers.py")
activation, loss, labels, error = "relu", "softmax-cross-entropy", "one-hot", mlp.CrossEntropySoftmaxError()


def gradient(weights, biases, X, Y):
    affine = [mlp.AffineLayer(1, 1, lambda s: 0, lambda s: 0) for w in weights]
    for one, one.weights, one.biases in zip(affine, weights, biases): pass
    model = mlp.MultipleLayerModel([l for one in affine for l in (one, mlp.ReluLayer())][:-1])
    a = model.fprop(X)
    return model.grads_wrt_params(a, error.grad(a[-1], Y)), error(a[-1], Y)
