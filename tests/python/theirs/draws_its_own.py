import numpy as np


def initialize(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x) * 0.01, "b1": np.zeros((n_h, 1)),
            "W2": np.random.randn(n_y, n_h) * 0.01, "b2": np.zeros((n_y, 1))}


def model(X, Y, n_h, num_iterations=10000, learning_rate=1.2, print_cost=False):
    np.random.seed(3)
    parameters = initialize(X.shape[0], n_h, Y.shape[0])
    m = X.shape[1]
    for i in range(num_iterations):
        W1, b1, W2, b2 = (parameters[k] for k in ("W1", "b1", "W2", "b2"))
        A1 = np.tanh(np.dot(W1, X) + b1)
        Z2 = np.dot(W2, A1) + b2
        T = np.exp(Z2)
        A2 = T / np.sum(T, axis=0)
        cost = -np.sum(Y * np.log(A2)) / m
        dZ2 = A2 - Y
        dW2 = np.dot(dZ2, A1.T) / m
        db2 = np.sum(dZ2, axis=1, keepdims=True) / m
        dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
        dW1 = np.dot(dZ1, X.T) / m
        db1 = np.sum(dZ1, axis=1, keepdims=True) / m
        parameters = {"W1": W1 - learning_rate * dW1, "b1": b1 - learning_rate * db1,
                      "W2": W2 - learning_rate * dW2, "b2": b2 - learning_rate * db2}
        if print_cost and i % 1000 == 0:
            print("Cost after iteration %i: %f" % (i, cost))
    return parameters


X, Y = load_planar_dataset()
