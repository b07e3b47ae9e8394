import numpy as np
from functools import reduce


def grads(weights, biases, batch):
    def one(x, y):
        a = reduce(lambda acc, wb: acc + [1 / (1 + np.exp(-(wb[0] @ acc[-1] + wb[1])))], zip(weights, biases), [x])
        delta = (a[-1] - y) * a[-1] * (1 - a[-1])
        out = []
        for w, prev in zip(reversed(weights), reversed(a[:-1])):
            out.append((np.outer(delta, prev), delta))
            delta = (w.T @ delta) * prev * (1 - prev)
        return out[::-1]
    each = [one(x, y) for x, y in batch]
    return (np.mean([e[l][0] for e in each], axis=0) for l in range(len(weights))), \
           (np.mean([e[l][1] for e in each], axis=0) for l in range(len(weights)))
