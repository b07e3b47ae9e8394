#!/usr/bin/env python
# coding: utf-8

# A program for examples in columns, turned to rows: Python's sum now adds up the rows of the minibatch.

# In[1]:


get_ipython().run_line_magic('matplotlib', 'inline')
import numpy as np, pandas as pd
from matplotlib import pyplot as plt


# In[2]:


data = pd.read_csv('train.csv').to_numpy()
m, n = data.shape
X_train, Y_train = data[:, 1:] / 255., data[:, 0]


# In[3]:


def softmax(Z):
    return np.exp(Z) / sum(np.exp(Z))


def forward_prop(W1, b1, W2, b2, X):
    Z1 = X.dot(W1) + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1.dot(W2) + b2
    return Z1, A1, Z2, softmax(Z2)


def one_hot(Y):
    one_hot_Y = np.zeros((Y.size, Y.max() + 1))
    one_hot_Y[np.arange(Y.size), Y] = 1
    return one_hot_Y


def backward_prop(Z1, A1, Z2, A2, W1, W2, X, Y):
    dZ2 = A2 - one_hot(Y)
    dW2 = 1 / m * A1.T.dot(dZ2)
    db2 = 1 / m * np.sum(dZ2)
    dZ1 = dZ2.dot(W2.T) * (Z1 > 0)
    dW1 = 1 / m * X.T.dot(dZ1)
    db1 = 1 / m * np.sum(dZ1)
    return dW1, db1, dW2, db2


# In[4]:


W1, b1, W2, b2 = gradient_descent(X_train, Y_train, 0.10, 500)
