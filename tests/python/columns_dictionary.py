import slope

net = slope.definitions("theirs/columns_course.py")
images, loss, activation = "columns", "softmax-cross-entropy", "relu"


def gradient(weights, biases, X, Y):
    p = {f"W{l}": w for l, w in enumerate(weights, 1)} | {f"b{l}": b for l, b in enumerate(biases, 1)}
    A, caches = net.L_model_forward(X, p)
    return net.L_model_backward(A, Y, caches, p) | {"loss": net.compute_cost(A, Y)}
