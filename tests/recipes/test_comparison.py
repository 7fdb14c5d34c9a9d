"""What a comparison says, from numbers that are given."""

import sys
from itertools import pairwise

import pytest

from handgrad.nn import Sequential
from handgrad.recipes import build_network, find_recipe
from handgrad.recipes.comparison import (
    Comparison,
    Side,
    interruptions_so_far,
    largest_difference,
    speeds_of,
)
from handgrad.train import Evaluation


def record(ours: float, theirs: float, seconds: float = 4.0, interruptions: int = 0) -> Comparison:
    sides = {
        name: Side(0.5, 0.75, Evaluation(0.5, 0.75, 8), speed, seconds, interruptions)
        for name, speed in (("compiled", ours), ("torch", theirs))
    }
    return Comparison(1, 1, sides, 0.0, "0.bias")


def test_the_largest_difference_is_found_wherever_it_is() -> None:
    ours, theirs = (build_network(find_recipe("mlp")) for _ in range(2))
    assert largest_difference(ours, theirs) == (0.0, "1.weight")
    theirs[1].weight.value[3, 5] -= 0.25
    theirs[3].bias.value[7] += 0.5
    difference, name = largest_difference(ours, theirs)
    assert (difference, name) == (pytest.approx(0.5), "3.bias")
    assert largest_difference(Sequential([]), Sequential([])) == (0.0, "")


def test_speeds_are_medians_and_the_ratio_is_that_of_each_record() -> None:
    """A machine that was slow for a while, for both: the ratio of the medians would be 3 / 1.5."""
    found = speeds_of([record(4, 1), record(0.4, 0.1), record(3, 1.5)])
    assert found.images_per_second == {"compiled": 3, "torch": 1}
    assert (found.ratio, found.lowest, found.highest) == (4, 2, 4)


def test_interruptions_are_counted_a_second_and_a_moment_counts_as_one() -> None:
    assert speeds_of([record(1, 1, 4.0, 20), record(1, 1, 1.0, 0)]).interruptions["torch"] == 4
    assert speeds_of([record(1, 1, 0.01, 5)]).interruptions == {"compiled": 5, "torch": 5}


def test_the_count_of_interruptions_never_falls() -> None:
    counts = [interruptions_so_far() for _ in range(3)]
    assert all(before <= after for before, after in pairwise(counts))


def test_where_the_system_does_not_count_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    assert interruptions_so_far() == 0
