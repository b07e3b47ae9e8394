# mnist_mlp.py -- simple MLP w/ leaky relu, numpy only
import numpy as np
import matplotlib.pyplot as plt
from tqdm import tqdm
from tensorflow.keras.datasets import mnist

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(-1, 784).astype('float32') / 255


class MLP:
    def __init__(self, input_dim, hidden_dim, output_dim, alpha=0.01):
        self.alpha = alpha
        self.params = {
            'W1': np.random.randn(input_dim, hidden_dim) * np.sqrt(2. / input_dim),
            'b1': np.zeros((1, hidden_dim)),
            'W2': np.random.randn(hidden_dim, output_dim) * np.sqrt(2. / hidden_dim),
            'b2': np.zeros((1, output_dim)),
        }

    def leaky_relu(self, x):
        return np.where(x > 0, x, self.alpha * x)

    def leaky_relu_grad(self, x):
        return np.where(x > 0, 1, self.alpha)

    def softmax(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def forward(self, X):
        self.z1 = X @ self.params['W1'] + self.params['b1']
        self.a1 = self.leaky_relu(self.z1)
        self.z2 = self.a1 @ self.params['W2'] + self.params['b2']
        return self.softmax(self.z2)

    def loss(self, probs, y):
        m = y.shape[0]
        return -np.sum(np.log(np.clip(probs[np.arange(m), y], 1e-12, 1))) / m

    def backward(self, X, y, probs):
        m = X.shape[0]
        dz2 = probs
        dz2[np.arange(m), y] -= 1
        dz2 /= m
        grads = {'W2': self.a1.T @ dz2, 'b2': np.sum(dz2, axis=0, keepdims=True)}
        dz1 = (dz2 @ self.params['W2'].T) * self.leaky_relu_grad(self.z1)
        grads['W1'] = X.T @ dz1
        grads['b1'] = np.sum(dz1, axis=0, keepdims=True)
        return grads

    def step(self, grads, lr):
        for k in self.params:
            self.params[k] -= lr * grads[k]

    def fit(self, X, y, epochs=10, batch_size=64, lr=0.1):
        history = []
        for epoch in range(epochs):
            perm = np.random.permutation(len(X))
            for i in tqdm(range(0, len(X), batch_size)):
                idx = perm[i:i + batch_size]
                probs = self.forward(X[idx])
                history.append(self.loss(probs, y[idx]))
                self.step(self.backward(X[idx], y[idx], probs), lr)
        return history


model = MLP(784, 128, 10)
history = model.fit(x_train, y_train)
plt.plot(history)
plt.show()
