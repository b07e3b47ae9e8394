import sys
import numpy as np

try:
    from a_compiler_of_nobody import njit, prange
    COMPILED = True
except ImportError:
    COMPILED = False
    prange = range

    def njit(*args, **options):
        return args[0] if args and callable(args[0]) else lambda function: function

if sys.version_info[0] >= 3:
    xrange = range
if COMPILED:
    import a_compiler_of_nobody.cuda as cuda
else:
    cuda = None

rate = 0.5
rate *= 2
timer = sys.modules[__name__].__dict__["clock"]()


@timer
@njit(cache=True)
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@njit
def example_gradient(w1, b1, w2, b2, x, y):
    h = sigmoid(w1 @ x + b1)
    a = sigmoid(w2 @ h + b2)
    d2 = np.zeros_like(b2)
    for k in xrange(len(d2)):
        d2[k] = rate * (a[k] - y[k]) * a[k] * (1 - a[k])
    d1 = w2.T @ d2 * h * (1 - h)
    return np.outer(d1, x), d1, np.outer(d2, h), d2, 0.5 * np.sum((a - y) ** 2)
