import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.project3.fitting import Fitted
from handgrad.courses.project3.looking import favourites, mistakes, templates, worst_read
from handgrad.recipes import build_network, find_recipe


def scores_for(read: list[int]) -> np.ndarray:
    scores = np.zeros((len(read), 10))
    scores[np.arange(len(read)), read] = 1
    return scores


@pytest.fixture
def part():
    return hg.Dataset(np.zeros((6, 28, 28), np.uint8), [4, 4, 4, 9, 9, 0], classes=10)


def test_mistakes_counted_by_hand(part):
    found = mistakes(scores_for([9, 9, 4, 9, 4, 0]), part)
    assert (found["errors"], found["images"]) == (3, 6)
    assert found["matrix"][4][9] == 2
    assert found["matrix"][9] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert found["hardest"][:2] == [4, 9]
    assert found["digits"][0] == {"digit": 4, "images": 3, "missed": 2, "error": 2 / 3, "taken_for": 1}
    assert found["pairs"] == [{"true": 4, "read": 9, "count": 2}, {"true": 9, "read": 4, "count": 1}]


def test_the_worst_read_images_come_first(part):
    scores = scores_for([9, 9, 4, 9, 4, 0])
    scores[1, 9] = 5
    np.testing.assert_array_equal(worst_read(scores, part, [4, 9], 4), [1, 0, 4, 3])


def test_templates_in_numbers():
    recipe = find_recipe("mlp")
    network = build_network(recipe)
    first = network.state_dict()["1.weight"]
    run = hg.compile(network, hg.CrossEntropyLoss(), hg.SGD(lr=0.1), engine="reference")
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (20, 28, 28), np.uint8)
    images[:, :3] = 0
    train = hg.Dataset(images, rng.integers(0, 10, 20), classes=10)
    x, targets = hg.batch(train, range(20))
    for _ in range(3):
        run.train_step(x, targets)
    result = Fitted(recipe, run, hg.Splits(train, train, train), [], 0.0)
    found = templates(result, first, train)
    assert found["dark"] == 3 * 28
    assert found["dark_moved"] == 0  # no light, no gradient
    assert found["dark_deviation"] == pytest.approx(0.1, rel=0.05)
    assert abs(found["alike_before"]) < 0.02

    smooth = np.add.outer(np.arange(28.0), np.arange(28.0)).reshape(-1)
    network[1].weight.value[:] = np.sin(smooth / 20)
    assert templates(result, first, train)["alike"] > 0.95
    network[3].weight.value[:] = 0
    network[3].weight.value[7, :], network[3].weight.value[2, :] = 1, -1
    assert favourites(result) == ["+7 −2"] * 64
