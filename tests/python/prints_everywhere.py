import ctypes
import os
import sys

import numpy as np

print('{"type": "opened"}')
sys.stdout.write("no end of line")
os.write(1, b"straight to the file descriptor\n")
ctypes.CDLL(None).puts(b"native")


def gradient(weights, biases, X, Y):
    print("loss:", np.zeros(3))
    os.system("echo from a shell")
    a = [X]
    for w, b in zip(weights, biases):
        a.append(1 / (1 + np.exp(-(a[-1] @ w.T + b))))
    delta, dw, db = (a[-1] - np.eye(10)[Y]) * a[-1] * (1 - a[-1]) / len(X), [], []
    for l in range(len(weights) - 1, -1, -1):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db
