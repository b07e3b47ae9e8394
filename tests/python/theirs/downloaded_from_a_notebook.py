# -*- coding: utf-8 -*-
"""mnist.ipynb

Automatically generated.
"""

!pip install -q a_library_for_plots
# %%
%matplotlib inline
from pylab import *

# In[1]:

get_ipython().run_line_magic("load_ext", "autoreload")
X_train, y_train = load("../data/mnist.npy", allow_pickle=True)
m = X_train.shape[0]

# In[2]:

def init_params(sizes):
    return {"W" + str(l): randn(sizes[l], sizes[l - 1]) for l in range(1, len(sizes))}

# In[3]:

def forward(X, W, b):
    A = {0: X}
    for l in range(1, len(W)):
        A[l] = tanh(dot(W[l], A[l - 1]) + b[l])
    Z = dot(W[len(W)], A[len(W) - 1]) + b[len(W)]
    E = exp(Z - Z.max(axis=0))
    A[len(W)] = E / E.sum(axis=0)
    return A

def backward(A, W, Y):
    m = Y.shape[1]
    dW, db = {}, {}
    dZ = A[len(W)] - Y
    for l in range(len(W), 0, -1):
        dW[l] = dot(dZ, A[l - 1].T) / m
        db[l] = dZ.sum(axis=1, keepdims=True) / m
        dZ = dot(W[l].T, dZ) * (1 - A[l - 1] ** 2)
    return dW, db

# In[4]:

!ls ../data
plot(arange(10))
