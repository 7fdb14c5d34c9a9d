"""Every recipe, as it is trained: nothing runs without kernels, and what comes of it is the reference's."""

from dataclasses import replace

import numpy as np
import pytest

import handgrad as hg
from handgrad.recipes import build_network, build_run, find_recipe, normalisation, recipe_names


@pytest.mark.parametrize("name", recipe_names())
def test_a_recipe_runs_without_a_fallback(name: str):
    """Warnings are errors: there would be one, too."""
    recipe = find_recipe(name)
    recipe = replace(recipe, optimizer={**recipe.optimizer, "lr": 1e-3})  # rounding grows with the rate
    rng = np.random.default_rng(0)
    count, shape = recipe.train.batch_size + 37, recipe.network.input_shape
    images = rng.integers(0, 256, (count, *shape), np.uint8)
    data = hg.Dataset(images, rng.integers(0, 10, count), normalisation=normalisation(recipe))
    runs = []
    for engine in ("compiled", "reference"):
        run = build_run(recipe, build_network(recipe), engine=engine, threads=2)
        run.begin(100)
        runs.append(run)
    compiled, reference = runs
    for start, stop in ((0, recipe.train.batch_size), (recipe.train.batch_size, count)):
        found, expected = (run.train_on(data, np.arange(start, stop)) for run in runs)
        assert found.loss == pytest.approx(expected.loss, rel=1e-4)
    for images_at_once in (1, 5, count):
        x, targets = hg.batch(data, range(images_at_once))
        scores, wanted = (run.predict(x) for run in runs)
        np.testing.assert_allclose(scores, wanted, rtol=1e-3, atol=1e-4 * np.abs(wanted).max())
    assert compiled.gradients(x, targets).keys() == reference.gradients(x, targets).keys()
    assert compiled.fallbacks == []
