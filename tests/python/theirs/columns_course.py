# A course's way: columns, dictionaries, a cache; loads and plots at the top level.
import numpy as np
import matplotlib.pyplot as plt_that_nobody_has
from course_utils import load_dataset

np.random.seed(1)
LEARNING_RATE = 0.0075
train_x, train_y = load_dataset()


def softmax(Z):
    E = np.exp(Z - Z.max(axis=0, keepdims=True))
    return E / E.sum(axis=0, keepdims=True)


def L_model_forward(X, parameters):
    caches, A = [], X
    L = len(parameters) // 2
    for l in range(1, L + 1):
        Z = parameters["W" + str(l)] @ A + parameters["b" + str(l)]
        caches.append((A, Z))
        A = softmax(Z) if l == L else np.maximum(0, Z)
    return A, caches


def compute_cost(AL, Y):
    return -np.sum(Y * np.log(AL)) / Y.shape[1]


def L_model_backward(AL, Y, caches, parameters):
    grads, L, m = {}, len(caches), Y.shape[1]
    dZ = AL - Y
    for l in range(L, 0, -1):
        A_prev, _ = caches[l - 1]
        grads["dW" + str(l)] = dZ @ A_prev.T / m
        grads["db" + str(l)] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dZ = (parameters["W" + str(l)].T @ dZ) * (caches[l - 2][1] > 0)
    return grads


parameters = L_layer_model(train_x, train_y)
plt_that_nobody_has.show()
