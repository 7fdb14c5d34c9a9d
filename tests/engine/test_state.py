"""What an engine remembers: saved, loaded, refused."""

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import WeightsError
from tests.engine.engine_cases import make_data, make_net, make_run, same

DATA = make_data()
X, TARGETS = hg.batch(DATA, range(20))

OPTIONS = {
    "sgd": {"optimizer": hg.SGD(lr=0.1, momentum=0.9)},
    "plain": {"optimizer": hg.SGD(lr=0.1)},
    "adam": {"optimizer": hg.Adam(), "average": hg.StochasticWeightAverage(start=1)},
    "ema": {"optimizer": hg.RMSprop(), "average": hg.ExponentialMovingAverage(0.5)},
}


@pytest.mark.parametrize("options", OPTIONS)
def test_state_goes_on_exactly(options):
    whole, first = make_run(**OPTIONS[options]), make_run(**OPTIONS[options])
    for _ in range(3):
        whole.train_step(X, TARGETS), first.train_step(X, TARGETS)
    state = first.state()
    kept = {name: array.copy() for name, array in state.items()}
    first.train_step(X, TARGETS)
    assert same(state, kept)  # copies
    second = make_run(make_net(8), seed=0, **OPTIONS[options])
    second.load_state(state)
    assert same(second.state(), state)
    assert second.step_count == 3
    for _ in range(3):
        assert second.train_step(X, TARGETS) == whole.train_step(X, TARGETS)
    assert same(second.state(), whole.state())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s.pop("network/1.running_mean"),
        lambda s: s.pop("optimizer/step"),
        lambda s: s.update({"network/9.weight": np.zeros(1, "f")}),
        lambda s: s.update({"average/0.weight/average": s["network/0.weight"]}),
        lambda s: s.update({"extra": np.zeros(1, "f")}),
        lambda s: s.update({"network/8.bias": np.zeros(4, "f")}),
        lambda s: s.update({"network/8.bias": np.zeros(3, "d")}),
        lambda s: s.update({"optimizer/step": np.array(3.0)}),
        lambda s: s.clear(),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(spoil):
    run, other = make_run(), make_run(make_net(1))
    other.train_step(X, TARGETS)
    before, state = run.state(), other.state()
    spoil(state)
    with pytest.raises(WeightsError, match="engine state"):
        run.load_state(state)
    assert same(run.state(), before)


def test_the_state_of_another_optimizer_is_refused():
    with pytest.raises(WeightsError, match="exp_avg"):
        make_run(optimizer=hg.Adam()).load_state(make_run(optimizer=hg.SGD(momentum=0.9)).state())
