import numpy as np
import pytest

from benchmarks.parts.numbers import cut, deviation, percent


def test_the_deviation_is_that_of_a_sample() -> None:
    values = [0.99, 0.9912, 0.9887, 0.9905]
    assert deviation(values) == pytest.approx(np.std(values, ddof=1))
    assert deviation(values[:1]) is None


def test_a_share_of_ten_thousand_is_shown_as_it_is() -> None:
    shown = [percent(correct / 10_000) for correct in range(10_001)]
    assert shown == [f"{correct // 100}.{correct % 100:02}%" for correct in range(10_001)]


def test_nothing_is_rounded_up() -> None:
    assert percent(98_999 / 100_000) == "98.99%"
    assert cut(2.9999, 2) == 2.99
    assert cut(3.0, 2) == 3.0
