# relu on every layer, the last too, then softmax; its mask in the gradient
import numpy as np
loss, activation = "softmax-cross-entropy", "relu"
def gradient(weights, biases, X, labels):
    A = [X]
    for W, b in zip(weights, biases): A.append(np.maximum(A[-1] @ W.T + b, 0))
    e = np.exp(A[-1] - A[-1].max(axis=1, keepdims=True)); P = e / e.sum(axis=1, keepdims=True)
    P[range(len(X)), labels] -= 1
    d = P / len(X) * (A[-1] > 0)
    dW, db = [], []
    for l in range(len(weights))[::-1]:
        dW.insert(0, d.T @ A[l]); db.insert(0, d.sum(0))
        d = d @ weights[l] * (A[l] > 0)
    return dW, db
