"""A layer of one's own: Swish, y = x · sigmoid(β x), whose β is learnt (Ramachandran, Zoph and Le, 2017).

What a layer needs is its parameters, `forward`, and `backward` with the gradients worked out by hand:

    s = sigmoid(β x)        dx = dy · (s + β x s (1 − s))        dβ = Σ dy · x² s (1 − s)
"""

import sys

import numpy as np

import handgrad as hg

TARGET = 0.95


class Swish(hg.Layer):
    """y = x · sigmoid(β x)."""

    def __init__(self):
        self.beta = hg.Parameter([1.0])

    def forward(self, x, *, training=False, rng=None):
        s = 1 / (1 + np.exp(-self.beta.value * x))
        return x * s, (x, s)

    def backward(self, dy, cache):
        x, s = cache
        slope = x * s * (1 - s)
        return dy * (s + self.beta.value * slope), {"beta": np.sum(dy * x * slope).reshape(1)}


data = hg.load_digits()
net = hg.Sequential([hg.Conv2d(1, 8, 5), Swish(), hg.MaxPool2d(2), hg.Flatten(), hg.Linear(None, 10)], seed=0)
print(net.summary(data.train.input_shape))
run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.Adam(lr=0.01))
for record in hg.fit(run, data.train, validation=data.validation, epochs=6):
    print(record)

found = hg.evaluate(run, data.test)
print(f"test accuracy {found.accuracy:.2%}, target {TARGET:.0%}, β = {net[1].beta.value[0]:.3f}")
sys.exit(0 if found.accuracy >= TARGET else 1)
