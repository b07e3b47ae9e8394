import numpy as np

W1 = None
m = 60000


def forward(X):
    global A1, A2
    A1 = 1 / (1 + np.exp(-(X.dot(W1) + b1)))
    A2 = 1 / (1 + np.exp(-(A1.dot(W2) + b2)))


def backward(X, Y):
    global dW1, db1, dW2, db2
    d2 = (A2 - Y) * A2 * (1 - A2)
    dW2, db2 = A1.T.dot(d2) / len(X), d2.mean(axis=0)
    d1 = d2.dot(W2.T) * A1 * (1 - A1)
    dW1, db1 = X.T.dot(d1) / len(X), d1.mean(axis=0)


for epoch in range(100):
    forward(train_x)
