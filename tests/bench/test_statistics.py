import pytest

from handgrad.bench.statistics import Spread, speed_ratio


def test_the_median_is_not_moved_by_one_slow_round() -> None:
    assert Spread.of([5.0, 1.0, 100.0]) == Spread(5.0, 1.0, 100.0)
    assert Spread.of([4.0, 1.0, 2.0, 100.0]).median == 3.0
    assert Spread.of([7.0]) == Spread(7.0, 7.0, 7.0)
    assert Spread(2.0, 1.0, 3.0).to_dict() == {"median": 2.0, "low": 1.0, "high": 3.0}


def test_a_ratio_compares_what_ran_in_the_same_round() -> None:
    steady, drifting = (
        [1.0, 2.0, 4.0],
        [3.0, 6.0, 12.0],
    )  # a machine that slows down, twice as much each round
    assert speed_ratio(steady, drifting) == Spread(3.0, 3.0, 3.0)
    assert speed_ratio(drifting, steady).median == pytest.approx(1 / 3)
    assert speed_ratio([1.0, 1.0, 1.0], [1.0, 2.0, 9.0]) == Spread(2.0, 1.0, 9.0)


def test_a_ratio_needs_the_same_rounds() -> None:
    with pytest.raises(ValueError, match="zip"):
        speed_ratio([1.0], [1.0, 2.0])
