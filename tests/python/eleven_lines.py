import slope

step = slope.lines("theirs/eleven_lines.py", 10, 15)
layers, weights, biases, labels, result = [12, 7, 10], "in,out", None, "one-hot", "sum"


def train_batch(weights, X, Y, rate):
    after = step(X=X, y=Y, syn0=weights[0], syn1=weights[1], alpha=rate)
    return [after.syn0, after.syn1]
