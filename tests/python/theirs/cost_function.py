import numpy as np
import scipy.io as sio
import scipy.optimize as opt


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cost_function(nn_params, input_size, hidden_size, num_labels, X, y, lam):
    t1 = nn_params[: hidden_size * (input_size + 1)].reshape(hidden_size, input_size + 1)
    t2 = nn_params[hidden_size * (input_size + 1):].reshape(num_labels, hidden_size + 1)
    m = len(X)
    a1 = np.insert(X, 0, 1, axis=1)
    a2 = np.insert(sigmoid(a1 @ t1.T), 0, 1, axis=1)
    h = sigmoid(a2 @ t2.T)
    J = np.sum((h - y) ** 2) / (2 * m) + lam / (2 * m) * (np.sum(t1[:, 1:] ** 2) + np.sum(t2[:, 1:] ** 2))
    d3 = (h - y) * h * (1 - h)
    d2 = (d3 @ t2)[:, 1:] * (a2 * (1 - a2))[:, 1:]
    g1 = d2.T @ a1 / m
    g2 = d3.T @ a2 / m
    g1[:, 1:] += lam / m * t1[:, 1:]
    g2[:, 1:] += lam / m * t2[:, 1:]
    return J, np.concatenate([g1.ravel(), g2.ravel()])


data = sio.loadmat("ex4data1.mat")
X, y = data["X"], data["y"]
