import dataclasses
import json

import pytest

from benchmarks.parts.fast_scores import Outcome, Scores, headings, judge, rows


def scores(title: str, *pairs: tuple[int, float], images: int = 10_000) -> Scores:
    outcomes = (Outcome(seed, correct, images, seconds) for seed, (correct, seconds) in enumerate(pairs))
    return Scores(title, title == "handgrad", tuple(outcomes))


OURS = scores("handgrad", (9_900, 2.0), (9_910, 1.0), (9_893, 4.0))
DEFAULT = scores("PyTorch default", (9_908, 9.0), (9_900, 8.0), (9_901, 10.0))
LAST = scores("PyTorch channels-last", (9_905, 6.0), (9_900, 20.0), (9_901, 7.0))


def test_the_table_shows_every_seed_and_what_they_come_to() -> None:
    assert headings([OURS, LAST]) == ["seed", "handgrad", "s", "PyTorch channels-last", "s"]
    assert rows([OURS, LAST]) == [
        ["0", "99.00%", "2.00", "99.05%", "6.00"],
        ["1", "99.10%", "1.00", "99.00%", "20.00"],
        ["2", "98.93%", "4.00", "99.01%", "7.00"],
        ["mean", "99.01%", "2.33", "99.02%", "11.00"],
        ["deviation", "0.09%", "1.53", "0.03%", "7.81"],
        ["median", "99.00%", "2.00", "99.01%", "7.00"],
    ]


def test_one_seed_has_no_deviation() -> None:
    one = scores("handgrad", (9_900, 2.0))
    assert rows([one])[2] == ["deviation", "-", "-"]
    assert one.accuracy_deviation is None


def test_sides_that_ran_other_seeds_are_no_table() -> None:
    with pytest.raises(ValueError, match="zip"):
        rows([OURS, scores("PyTorch default", (9_900, 9.0))])


def test_the_yardstick_is_the_fastest_median_of_pytorch() -> None:
    verdict = judge([OURS, DEFAULT, LAST])
    assert verdict.rival == "PyTorch channels-last"
    assert verdict.ratio == 3.5
    assert (verdict.accurate, verdict.fast) == (True, True)
    assert str(verdict).splitlines() == [
        "mean accuracy 99.01%, at least 99.00% wanted: reached",
        "median time 2.00 s, 3.50 times as fast as PyTorch channels-last, at least 3 wanted: reached",
    ]


def test_exactly_what_is_wanted_is_enough() -> None:
    ours = scores("handgrad", (9_899, 2.0), (9_901, 2.0))
    verdict = judge([ours, scores("PyTorch default", (9_900, 6.0), (9_900, 6.0))])
    assert (verdict.accurate, verdict.fast) == (True, True)


def test_a_hair_less_is_missed_and_looks_so() -> None:
    ours = scores("handgrad", (9_899, 2.0), (9_900, 2.0))
    verdict = judge([ours, scores("PyTorch default", (9_900, 5.998), (9_900, 5.998))])
    assert (verdict.accurate, verdict.fast) == (False, False)
    assert "98.99%" in str(verdict)
    assert "2.99 times" in str(verdict)
    assert str(verdict).count("missed") == 2


def test_without_pytorch_there_is_no_ratio() -> None:
    verdict = judge([OURS])
    assert verdict.fast is verdict.ratio is None
    assert "no PyTorch to compare it with" in str(verdict)


def test_the_mean_is_of_whole_numbers() -> None:
    assert scores("handgrad", *[(99, 1.0)] * 10, images=100).accuracy == 0.99


def test_all_of_it_goes_into_json() -> None:
    found = json.loads(json.dumps(OURS.to_dict()))
    assert [each["accuracy"] for each in found["trainings"]] == [0.99, 0.991, 0.9893]
    assert [each["seconds"] for each in found["trainings"]] == [2.0, 1.0, 4.0]
    assert found["median_seconds"] == 2.0
    assert found["mean_seconds"] == pytest.approx(7 / 3)
    verdict = judge([OURS, LAST])
    assert {
        **dataclasses.asdict(verdict),
        "accurate": True,
        "fast": True,
    }.items() <= verdict.to_dict().items()
