import sys, cPickle, numpy as np
from numpy import dot


def load(name):
	rows = cPickle.load(open(name))
	return map(lambda (x, y): (x.ravel() / 255.0, y), rows)


class MLP:
	def __init__(self, layers):
		if len(layers) <> 3:
			raise ValueError, "expected three widths"
		self.W = [np.random.randn(o, i) for i, o in zip(layers[:-1], layers[1:])]
		self.b = [np.zeros(o) for o in layers[1:]]

	def cost_and_grads(self, X, Y):
		out = [X]
		for W, b in zip(self.W, self.b):
			out.append(1.0 / (1.0 + np.exp(-(dot(out[-1], W.T) + b))))
		cost = 0.5 * ((out[-1] - Y) ** 2).sum() / len(X)
		print >>sys.stderr, "cost:", cost
		delta = (out[-1] - Y) * out[-1] * (1 - out[-1]) / float(len(X))
		grads = []
		for l in xrange(len(self.W) - 1, -1, -1):
			grads.append({"db": delta.sum(0), "dW": dot(delta.T, out[l])})
			delta = dot(delta, self.W[l]) * out[l] * (1 - out[l])
		grads.reverse()
		return cost, grads


if __name__ == "__main__":
	print "loading",
	net = MLP([784, 100, 10])
