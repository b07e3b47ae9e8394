"""Epochs of the peer numpy_batch without Slope around them: no protocol, no audit. See program_overhead.ts.

Run by it, with one JSON value as argument. For every number of epochs that it reads it runs them, and prints the ns of one.
"""

import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "kits", "python"), os.path.join(HERE, "..", "peers")]

import numpy as np  # noqa: E402
from numpy_batch import NumpyBatch  # noqa: E402
from slope_host.arrays import Problem  # noqa: E402

asked = json.loads(sys.argv[1])
sizes, examples = asked["layerSizes"], asked["examples"]
problem = Problem(
    sizes=sizes,
    activation="sigmoid",
    loss="sigmoid-quadratic",
    pixels=np.fromfile(asked["pixels"], np.uint8)[: examples * sizes[0]].reshape(examples, sizes[0]),
    labels=np.fromfile(asked["labels"], np.uint8)[:examples],
    batch_size=asked["batchSize"],
    threads=1,
)
program = NumpyBatch(problem)
random = np.random.RandomState(asked["seed"])
start = np.concatenate(
    [
        np.append(random.standard_normal(outputs * inputs) / np.sqrt(inputs), np.zeros(outputs))
        for inputs, outputs in zip(sizes, sizes[1:])
    ]
)
program.load(start)
for line in sys.stdin:
    program.load(start)
    order = random.permutation(examples).astype(np.intp)
    begin = time.perf_counter_ns()
    for _ in range(int(line)):
        program.epoch(order, asked["batchSize"], asked["rate"])
    print((time.perf_counter_ns() - begin) / int(line), flush=True)
