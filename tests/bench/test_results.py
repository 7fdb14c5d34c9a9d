import json
from pathlib import Path

import pytest

from handgrad.bench import Results, Spread, read_results
from handgrad.errors import DataError
from tests.bench.made_results import LAYERS, RESULTS, recipe_comparison

COMPARISON = recipe_comparison()
COMPILED, TORCH, CHANNELS_LAST, BFLOAT16, JAX = COMPARISON.entries


def test_speed_and_arithmetic() -> None:
    assert COMPARISON.images_per_second(COMPILED, "training") == Spread(200.0, 100.0, 200.0)
    assert COMPARISON.gflops(COMPILED, "training") == pytest.approx(200.0)
    assert COMPARISON.microseconds(COMPILED, "latency") == Spread(500.0, 500.0, 1000.0)
    assert COMPARISON.gflops(COMPILED, "latency") == pytest.approx(0.3 / 0.0005)


def test_the_yardstick_is_the_fastest_pytorch_with_the_same_arithmetic() -> None:
    assert COMPARISON.yardstick("training") is CHANNELS_LAST
    assert COMPARISON.ratio(COMPILED, "training") == Spread(2.0, 2.0, 2.0)  # in each of the rounds
    assert COMPARISON.ratio(CHANNELS_LAST, "training") == Spread(1.0, 1.0, 1.0)
    assert COMPARISON.ratio(TORCH, "training") == Spread(0.5, 0.25, 0.5)
    assert COMPARISON.ratio(BFLOAT16, "training") == Spread(10.0, 10.0, 20.0)


def test_without_pytorch_there_is_no_ratio() -> None:
    alone = Results.from_dict(RESULTS.to_dict(), "x").comparisons[0]
    alone = type(alone)(alone.recipe, "", alone.images, alone.flop, (COMPILED, JAX))
    assert alone.yardstick("training") is None
    assert alone.ratio(COMPILED, "training") is None


@pytest.mark.parametrize("results", [RESULTS, LAYERS])
def test_they_come_back_from_json_as_they_were(results: Results, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(results.to_dict()))
    assert read_results(path) == results


def test_what_follows_from_the_numbers_stands_beside_them() -> None:
    (found,) = RESULTS.to_dict()["comparisons"]
    assert found["fastest_pytorch"] == {"training": "torch-channels-last", "latency": "torch-channels-last"}
    compiled, *_, jax = found["entries"]
    derived = compiled["derived"]["training"]
    assert derived["images_per_second"]["median"] == 200.0
    assert derived["ratio_to_fastest_pytorch"]["median"] == 2.0
    assert derived["share_of_peak"] == pytest.approx(1.0)
    assert jax["derived"] == {}
    assert jax["failure"] == "jax is not installed"


def test_joining() -> None:
    both = RESULTS.joined_by(LAYERS.comparisons)
    assert [comparison.title for comparison in both.comparisons] == [
        "lenet",
        "lenet: 1 ReLU()",
        "lenet: 2 ReLU()",
    ]
    assert len(RESULTS.comparisons) == 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", "{}", '{"format": 2}', '{"format": 1}', '{"format": 1, "machine": {}, "settings": {}, '
     '"comparisons": [{}]}', '{"format": 1, "machine": {"cpu": 1}, "settings": {}, "comparisons": []}'],
)  # fmt: skip
def test_a_file_of_something_else(text: str, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"results\.json: expected the results of a benchmark"):
        read_results(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.json"):
        read_results(tmp_path / "none.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="binary"):
        read_results(tmp_path / "binary")
