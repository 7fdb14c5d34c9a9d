"""Averages that nothing was averaged into yet are not used."""

import numpy as np

import handgrad as hg


def test_weights_loaded_after_compiling_are_those_that_are_evaluated():
    data = hg.Dataset(np.random.default_rng(0).integers(0, 256, (20, 4, 4), np.uint8), [0, 1] * 10)
    net, other = (hg.Sequential([hg.Flatten(), hg.Linear(16, 2)], seed=seed) for seed in (0, 1))
    optimizer, loss = hg.SGD(lr=0.1), hg.CrossEntropyLoss()
    run = hg.compile(net, loss, optimizer, average=hg.ExponentialMovingAverage(0.9))
    net.load_state_dict(other.state_dict())
    assert hg.evaluate(run, data) == hg.evaluate(hg.compile(other, loss, optimizer), data)
