"""Floating-point operations, against figures worked out by hand."""

import handgrad as hg
from handgrad.bench.costs import inference_flop, training_flop
from handgrad.recipes import build_network, find_recipe

IMAGE = (1, 28, 28)
CONV1 = 20 * 1 * 5 * 5 * 24 * 24  # 288,000 multiply-adds: each weight at each of 24 x 24 places
CONV2 = 50 * 20 * 5 * 5 * 8 * 8  # 1,600,000
LINEAR1, LINEAR2 = 800 * 500, 500 * 10


def test_lenet() -> None:
    net = build_network(find_recipe("lenet"))
    assert (CONV1, CONV2) == (288_000, 1_600_000)
    assert inference_flop(net, IMAGE) == 2 * 2_293_000 == 2 * (CONV1 + CONV2 + LINEAR1 + LINEAR2)
    assert training_flop(net, IMAGE) == 2 * (2 * CONV1 + 3 * (CONV2 + LINEAR1 + LINEAR2)) == 13_182_000


def test_only_the_first_layer_that_learns_needs_no_dx() -> None:
    after_flatten = hg.Sequential([hg.Flatten(), hg.ReLU(), hg.Linear(784, 10)])
    assert training_flop(after_flatten, IMAGE) == 2 * 2 * 7840
    after_batch_norm = hg.Sequential([hg.BatchNorm2d(1), hg.Flatten(), hg.Linear(784, 10)])
    assert training_flop(after_batch_norm, IMAGE) == 2 * 3 * 7840


def test_nested_networks_count_as_their_layers() -> None:
    flat = hg.Sequential([hg.Flatten(), hg.Linear(784, 20), hg.Linear(20, 10)])
    nested = hg.Sequential([hg.Sequential([hg.Flatten(), hg.Linear(784, 20)]), hg.Linear(20, 10)])
    assert training_flop(nested, IMAGE) == training_flop(flat, IMAGE) == 2 * (2 * 15_680 + 3 * 200)
    assert inference_flop(nested, IMAGE) == 2 * (15_680 + 200)
