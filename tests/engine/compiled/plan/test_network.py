import pytest

import handgrad as hg
from handgrad.engine.compiled.kernels.pooling import LARGEST_WINDOW, NOBODY
from handgrad.engine.compiled.plan.network import nodes_of


def kinds(layers, shape):
    return [type(node).__name__ for node in nodes_of(hg.Sequential(layers, seed=0, input_shape=shape), shape)]


@pytest.mark.parametrize("kind", [hg.MaxPool2d, hg.AvgPool2d])
def test_a_window_whose_winner_is_no_byte_runs_by_its_own_code(kind):
    assert LARGEST_WINDOW <= NOBODY  # winners are numbered from 0, and one number means nobody
    largest = (2, LARGEST_WINDOW // 2)
    assert kinds([kind(largest)], (1, 2, 127)) == ["PoolingNode"]
    assert kinds([hg.Conv2d(1, 1, 1), hg.ReLU(), kind(largest)], (1, 2, 127)) == ["ConvolutionNode"]
    assert kinds([kind(16)], (1, 16, 16)) == ["FallbackNode"]
    assert kinds([hg.Conv2d(1, 1, 1), hg.ReLU(), kind(16)], (1, 16, 16)) == [
        "ConvolutionNode",
        "FallbackNode",
    ]
