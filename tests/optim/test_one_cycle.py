import pytest

from handgrad.errors import ArgumentError
from handgrad.optim import OneCycleLR
from tests.optim.torch_schedules import torch_rates


@pytest.mark.torch
@pytest.mark.parametrize("total", [1, 2, 7, 100])
@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("three_phase", [False, True])
@pytest.mark.parametrize("pct_start", [0.0, 0.2, 0.3, 0.45])
def test_a_whole_cycle_has_pytorchs_rates(total, strategy, three_phase, pct_start):
    arguments = {
        "max_lr": 0.5,
        "total_steps": total,
        "pct_start": pct_start,
        "anneal_strategy": strategy,
        "div_factor": 10.0,
        "final_div_factor": 50.0,
        "three_phase": three_phase,
    }
    expected = torch_rates("OneCycleLR", {**arguments, "cycle_momentum": False}, 0.1, total)
    schedule = OneCycleLR(**arguments)
    assert [schedule(step, 0.1, None) for step in range(total)] == pytest.approx(expected, rel=1e-11)


@pytest.mark.torch
def test_the_defaults_are_pytorchs():
    expected = torch_rates("OneCycleLR", {"max_lr": 0.1, "total_steps": 50, "cycle_momentum": False}, 1.0, 50)
    assert [OneCycleLR(0.1)(step, 1.0, 50) for step in range(50)] == pytest.approx(expected, rel=1e-11)


def test_the_corners_of_a_cycle():
    schedule = OneCycleLR(1.0, total_steps=11, pct_start=6 / 11, div_factor=4, final_div_factor=10)
    assert schedule(0, 9.9) == 0.25
    assert schedule(5, 9.9) == pytest.approx(1.0)
    assert schedule(10, 9.9) == pytest.approx(0.025)
    rates = [schedule(step, 9.9) for step in range(11)]
    assert rates[:6] == sorted(rates[:6])
    assert rates[5:] == sorted(rates[5:], reverse=True)


def test_three_phases_come_back_to_the_first_rate():
    schedule = OneCycleLR(1.0, pct_start=0.25, div_factor=4, final_div_factor=10, three_phase=True)
    assert [schedule(step, 9.9, 20) for step in (0, 4, 8, 19)] == pytest.approx([0.25, 1.0, 0.25, 0.025])


def test_its_own_length_comes_before_the_runs():
    assert OneCycleLR(1.0, total_steps=10)(9, 0.1, 1000) == pytest.approx(1 / 25 / 1e4)


def test_a_rise_of_a_single_step_is_already_at_the_top():
    assert OneCycleLR(1.0, total_steps=10, pct_start=0.1)(0, 0.1) == 1.0


@pytest.mark.parametrize("step", [10, 11, 1000])
def test_there_is_no_rate_beyond_the_cycle(step):
    with pytest.raises(ArgumentError, match=rf"expected a step below 10, its length, got {step}\. Hint: .*"):
        OneCycleLR(1.0, total_steps=10)(step, 0.1, 2000)
