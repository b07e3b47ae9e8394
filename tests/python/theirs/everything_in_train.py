import pandas as pd
import numpy as np
import matplotlib.pyplot as plt
import seaborn as sns

df = pd.read_csv("../input/digit-recognizer/train.csv")
Y = pd.get_dummies(df["label"]).values.T
X = df.drop("label", axis=1).values.T / 255.0

def sigmoid(z):
    return 1/(1+np.exp(-z))

def softmax(z):
    t = np.exp(z)
    return t/np.sum(t, axis=0)

def train(X, Y, n_h=64, learning_rate=0.5, epochs=500):
    n_x, m = X.shape
    n_y = Y.shape[0]
    W1 = np.random.randn(n_h, n_x)*0.01
    b1 = np.zeros((n_h, 1))
    W2 = np.random.randn(n_y, n_h)*0.01
    b2 = np.zeros((n_y, 1))
    costs = []
    for i in range(epochs):
        # forward
        Z1 = np.dot(W1, X) + b1
        A1 = sigmoid(Z1)
        Z2 = np.dot(W2, A1) + b2
        A2 = softmax(Z2)
        cost = -np.sum(Y*np.log(A2))/m
        # backward
        dZ2 = A2 - Y
        dW2 = np.dot(dZ2, A1.T)/m
        db2 = np.sum(dZ2, axis=1, keepdims=True)/m
        dZ1 = np.dot(W2.T, dZ2) * sigmoid(A1) * (1 - sigmoid(A1))
        dW1 = np.dot(dZ1, X.T)/m
        db1 = np.sum(dZ1, axis=1, keepdims=True)/m
        # update
        W1 -= learning_rate*dW1
        b1 -= learning_rate*db1
        W2 -= learning_rate*dW2
        b2 -= learning_rate*db2
        if i % 100 == 0:
            costs.append(cost)
            print("Cost after iteration %i: %f" % (i, cost))
    return W1, b1, W2, b2, costs

W1, b1, W2, b2, costs = train(X, Y)
plt.plot(costs)
