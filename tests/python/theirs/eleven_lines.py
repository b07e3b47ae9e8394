import numpy as np
import sys
X = np.load(sys.argv[1])
y = np.load(sys.argv[2])
alpha = float(sys.argv[3]) if len(sys.argv) > 3 else 0.5
np.random.seed(1)
syn0 = 2 * np.random.random((784, 16)) - 1
syn1 = 2 * np.random.random((16, 10)) - 1
for j in range(60000):
    l1 = 1 / (1 + np.exp(-(np.dot(X, syn0))))
    l2 = 1 / (1 + np.exp(-(np.dot(l1, syn1))))
    l2_delta = (y - l2) * (l2 * (1 - l2))
    l1_delta = l2_delta.dot(syn1.T) * (l1 * (1 - l1))
    syn1 += alpha * l1.T.dot(l2_delta)
    syn0 += alpha * X.T.dot(l1_delta)
    if j % 1000 == 0:
        print("Error:" + str(np.mean(np.abs(y - l2))))
