import logging
from collections import namedtuple
from .functions import relu, softmax
from .data import train
from . import functions as F

logger = logging.getLogger(__name__)
Cache = namedtuple("Cache", ["inputs", "outputs"])
import numpy as np  # noqa: E402

BATCH = train.shape[0]


def forward(params, X):
    """params: [(W, b), …], W (in, out)"""
    cache, a = [], X
    for i, (W, b) in enumerate(params):
        z = a.dot(W) + b
        out = softmax(z) if i == len(params) - 1 else relu(z)
        cache.append(Cache(a, out))
        a = out
    logger.debug("done")
    return a, cache


def backward(params, cache, y, batch=BATCH):
    """Gradients, the last layer's first, of the mean over all examples of the set."""
    delta = cache[-1].outputs.copy()
    delta[np.arange(len(y)), y] -= 1
    grads = []
    for (W, b), c in zip(params[::-1], cache[::-1]):
        if grads:
            delta = delta * (c.outputs > 0)
        grads.append((c.inputs.T.dot(delta) / batch, delta.sum(0) / batch))
        delta = delta.dot(W.T)
    return grads
