import numpy as np


def augment(X):
    return np.hstack([X, np.ones((X.shape[0], 1))])


def sigmoid(s):
    return 1.0 / (1.0 + np.exp(-s))


def loss_and_grads(Ws, X, y):
    """Ws: list of (n_in + 1, n_out), last row is the bias."""
    N = X.shape[0]
    acts = [augment(X)]
    for W in Ws[:-1]:
        acts.append(augment(sigmoid(acts[-1].dot(W))))
    scores = acts[-1].dot(Ws[-1])
    scores -= np.max(scores, axis=1, keepdims=True)
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = np.sum(-np.log(probs[range(N), y])) / N
    dscores = probs
    dscores[range(N), y] -= 1
    dscores /= N
    grads = []
    for i in range(len(Ws) - 1, -1, -1):
        grads.append(acts[i].T.dot(dscores))
        dscores = dscores.dot(Ws[i][:-1].T) * (acts[i] * (1 - acts[i]))[:, :-1]
    return loss, grads
