import numpy as np
import pytest

from handgrad.bench.side import (
    BACKWARD,
    FORWARD,
    images_of,
    layer_inputs,
    layer_measure,
    needs_dx,
    noise,
    noise_classes,
    parse_layer_measure,
    timed_recipe,
    upstream,
)
from handgrad.recipes import build_network, find_recipe, recipe_names
from tests.bench.toys import small_recipe


@pytest.mark.parametrize("name", recipe_names())
def test_noise_fits_every_recipe(name: str) -> None:
    recipe = find_recipe(name)
    network = build_network(recipe)
    x, targets = noise(recipe, 3), noise_classes(recipe, network)
    assert x.shape == (3, 1, 28, 28)
    assert x.dtype == np.float32
    assert 0 <= x.min() < 0.1 < 0.9 < x.max() < 1
    assert targets.shape == (recipe.train.batch_size,)
    assert set(targets.tolist()) <= set(range(10))
    assert np.array_equal(noise(recipe, 3), x)


def test_the_learning_rate_is_too_small_to_matter() -> None:
    recipe = timed_recipe(find_recipe("lenet"))
    assert recipe.optimizer["lr"] == 1e-6
    assert recipe.optimizer["momentum"] == 0.9
    assert find_recipe("lenet").optimizer["lr"] == 0.01


def test_how_many_images() -> None:
    assert [images_of(name, 64) for name in ("training", "inference", "latency", "forward")] == [
        64,
        1000,
        1,
        64,
    ]


def test_every_layer_gets_what_it_gets_in_the_network() -> None:
    network, inputs = layer_inputs(small_recipe())
    assert len(inputs) == len(network) + 1 == 5
    for layer, x, y in zip(network, inputs, inputs[1:], strict=False):
        assert np.array_equal(layer.forward(x)[0], y)
    assert np.array_equal(inputs[0], noise(small_recipe(), 2))
    dy = upstream(inputs[-1])
    assert (dy.shape, dy.dtype) == ((2, 3), np.float32)
    assert abs(dy).min() > 0


def test_dx_is_needed_where_something_learnt_before() -> None:
    network = build_network(find_recipe("lenet"))
    assert [needs_dx(network, position) for position in range(8)] == [False] + 7 * [True]
    network = build_network(find_recipe("mlp"))  # its Flatten has nothing but dx to give
    assert [needs_dx(network, position) for position in range(4)] == [True, False, True, True]


def test_names_of_layer_measures() -> None:
    for position in (0, 12):
        for way in (FORWARD, BACKWARD):
            assert parse_layer_measure(layer_measure(position, way)) == (position, way)
