import numpy as np

train = np.load("mnist_train.npy")
