import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import fetch_openml
from sklearn.preprocessing import StandardScaler, LabelBinarizer
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.metrics import accuracy_score


class NumpyMLPClassifier(BaseEstimator, ClassifierMixin):
    """sklearn compatible multi-layer perceptron"""

    def __init__(self, hidden_layer_sizes=(100,), alpha=0.0001, learning_rate_init=0.001, max_iter=200):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.alpha = alpha
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter

    def _forward_pass(self, activations):
        for i in range(self.n_layers_ - 1):
            activations[i + 1] = safe_sparse_dot(activations[i], self.coefs_[i]) + self.intercepts_[i]
            if (i + 1) != (self.n_layers_ - 1):
                np.tanh(activations[i + 1], out=activations[i + 1])
        tmp = activations[-1] - activations[-1].max(axis=1)[:, np.newaxis]
        np.exp(tmp, out=activations[-1])
        activations[-1] /= activations[-1].sum(axis=1)[:, np.newaxis]
        return activations

    def _compute_loss_grad(self, layer, n_samples, activations, deltas, coef_grads, intercept_grads):
        coef_grads[layer] = safe_sparse_dot(activations[layer].T, deltas[layer])
        coef_grads[layer] += (self.alpha * self.coefs_[layer])
        coef_grads[layer] /= n_samples
        intercept_grads[layer] = np.mean(deltas[layer], 0)

    def _backprop(self, X, y, activations, deltas, coef_grads, intercept_grads):
        n_samples = X.shape[0]
        activations = self._forward_pass(activations)
        loss = -np.sum(y * np.log(np.clip(activations[-1], 1e-10, 1 - 1e-10))) / n_samples
        values = np.sum(np.array([np.dot(s.ravel(), s.ravel()) for s in self.coefs_]))
        loss += (0.5 * self.alpha) * values / n_samples
        last = self.n_layers_ - 2
        deltas[last] = activations[-1] - y
        self._compute_loss_grad(last, n_samples, activations, deltas, coef_grads, intercept_grads)
        for i in range(self.n_layers_ - 2, 0, -1):
            deltas[i - 1] = safe_sparse_dot(deltas[i], self.coefs_[i].T)
            deltas[i - 1] *= 1 - activations[i] ** 2
            self._compute_loss_grad(i - 1, n_samples, activations, deltas, coef_grads, intercept_grads)
        return loss, coef_grads, intercept_grads


X, y = fetch_openml('mnist_784', return_X_y=True, as_frame=False)
clf = NumpyMLPClassifier().fit(StandardScaler().fit_transform(X), y)
