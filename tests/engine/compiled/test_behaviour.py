"""The compiled engine behaves as the reference does: what it says, what it leaves alone, what it notices."""

import copy
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import EngineWarning
from tests.engine.compiled.agreement import trio
from tests.engine.engine_cases import make_data, make_net, make_run, same

DATA = make_data()
X, TARGETS = hg.batch(DATA, range(40))
EVERYTHING: dict[str, Any] = {
    "optimizer": hg.Adam(lr=0.01), "clip": hg.ClipGradNorm(1.0), "average": hg.ExponentialMovingAverage(0.8),
    "schedule": hg.OneCycleLR(0.02, total_steps=99),
}  # fmt: skip


def make_trio(**options: Any) -> Any:
    return trio(lambda: make_net().layers, (1, 8, 8), **options)


def both(net: Any = make_net, **options: Any) -> tuple[Any, Any]:
    """The compiled engine and the reference, of one network each."""
    compiled, reference = (make_run(net(), engine=engine, **options) for engine in ("compiled", "reference"))
    return compiled, reference


def test_a_step_says_the_same():
    compiled, reference = both(**EVERYTHING)
    for start in range(0, 80, 16):
        found, expected = (
            run.train_step(*hg.batch(DATA, range(start, start + 16))) for run in (compiled, reference)
        )
        assert found.loss == pytest.approx(expected.loss, rel=1e-5)
        assert (found.correct, found.count, found.lr) == (expected.correct, expected.count, expected.lr)
        assert (type(found.loss), type(found.correct)) == (float, int)
    assert compiled.step_count == reference.step_count == 5
    assert compiled.fallbacks == []


def test_correct_counts_the_first_of_equal_scores_as_the_answer():
    layers = lambda: hg.Sequential([hg.Flatten(), hg.Linear(64, 3)])  # noqa: E731
    for loss in (hg.CrossEntropyLoss(), hg.MSELoss()):
        compiled, reference = both(layers, optimizer=hg.SGD(), loss=loss)
        for run in (compiled, reference):
            run.network.load_state_dict({"1.weight": np.zeros((3, 64)), "1.bias": np.array([0.0, 1.0, 1.0])})
        expected = int((TARGETS == 1).sum())
        assert (
            compiled.train_step(X, TARGETS).correct
            == reference.train_step(X, TARGETS).correct
            == expected
            > 0
        )


def test_the_last_batch_of_an_epoch_may_be_smaller():
    """And any other of another size; more sizes than the engine keeps plans for."""
    runs, start = make_trio(**EVERYTHING), 0
    for count in (32, 32, 7, 32, 1, 2, 3, 15, 16, 17, 31, 32, 7):
        runs.steps_agree(*hg.batch(DATA, np.arange(start, start + count) % len(DATA)))
        start += count
    runs.states_agree()
    for count in (1, 40, 3, 16):
        runs.predictions_agree(X[:count])


@pytest.mark.parametrize("count", [1, 15, 16, 17, 700, 1501])
def test_predicting_in_portions_is_predicting_at_once(count: int):
    runs = make_trio()
    x = np.random.default_rng(0).normal(size=(count, 1, 8, 8)).astype("f")
    runs.predictions_agree(x)
    one_by_one = np.concatenate([runs.compiled.predict(image[None]) for image in x[:20]])
    np.testing.assert_allclose(one_by_one, runs.compiled.predict(x)[:20], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.astype(np.float64),
        lambda x: np.asfortranarray(x),
        lambda x: np.repeat(x, 2, axis=0)[::2],
        lambda x: np.ascontiguousarray(x[..., ::-1])[..., ::-1],
        lambda x: x.tolist(),
        lambda x: (
            np.frombuffer(b"." + x.tobytes(), np.uint8)[1:].view(np.float32).reshape(x.shape)
        ),  # not aligned
    ],
    ids=["float64", "fortran", "every second", "backwards", "lists", "at an odd address"],
)
def test_any_array_of_the_same_numbers(view: Any):
    run, plain = make_run(engine="compiled"), make_run(engine="compiled")
    x = view(X)
    np.testing.assert_array_equal(run.predict(x), plain.predict(X))
    assert same(run.gradients(x, TARGETS), plain.gradients(X, TARGETS))
    assert run.train_step(x, TARGETS.tolist()) == plain.train_step(X, TARGETS)
    assert same(run.state(), plain.state())


def test_what_is_given_and_what_was_returned_stays_as_it_is():
    run = make_run(engine="compiled")
    x, targets = X.copy(), TARGETS.copy()
    x.flags.writeable = targets.flags.writeable = False
    scores, gradients = run.predict(x), run.gradients(x, targets)
    kept = scores.copy(), {name: array.copy() for name, array in gradients.items()}
    run.train_step(x, targets)
    run.predict(-x), run.gradients(-x, targets)
    np.testing.assert_array_equal(scores, kept[0])
    assert same(gradients, kept[1])
    scores[...] = 0  # and whoever asked may write into it
    gradients["8.bias"][...] = 0


def test_predictions_and_gradients_leave_no_trace():
    runs = make_trio(**EVERYTHING)
    plain = make_trio(**EVERYTHING).compiled
    for _ in range(3):
        before = runs.compiled.state()
        first, again = runs.compiled.gradients(X, TARGETS), runs.compiled.gradients(X, TARGETS)
        runs.compiled.predict(X), runs.compiled.activations(X)
        assert same(first, again)
        assert same(runs.compiled.state(), before)
        runs.gradients_agree(X, TARGETS)
        runs.steps_agree(X, TARGETS)
        plain.train_step(X, TARGETS)
    assert same(runs.compiled.state(), plain.state())


def test_activations_are_those_of_the_reference():
    runs = make_trio()
    runs.steps_agree(X, TARGETS)
    for position in range(len(runs.single.network)):
        runs.agree(lambda run, position=position: run.activations(X)[position], f"activations of {position}")


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_dropout_of_nothing_and_of_everything(share: float):
    runs = trio(lambda: [hg.Flatten(), hg.Linear(64, 9), hg.Dropout(share), hg.Linear(9, 3)], (1, 8, 8))
    runs.gradients_agree(X, TARGETS)
    gradients = runs.compiled.gradients(X, TARGETS)
    assert gradients["1.weight"].any() == gradients["3.weight"].any() == (share == 0)
    for _ in range(3):
        runs.steps_agree(X, TARGETS)
    runs.states_agree()


def test_dropout_draws_the_masks_of_the_reference():
    """Two of them, of a batch that is no multiple of the lanes: the order of drawing matters too."""

    def layers() -> list[hg.Layer]:
        return [hg.Flatten(), hg.Dropout(0.5), hg.Linear(64, 9), hg.Dropout(0.4), hg.Linear(9, 3)]

    runs = trio(layers, (1, 8, 8), seed=11)
    for _ in range(3):
        runs.gradients_agree(X[:21], TARGETS[:21])
        runs.steps_agree(X[:21], TARGETS[:21])


def test_sizes_left_open_are_filled_in():
    def net() -> hg.Sequential:
        layers = [hg.Conv2d(None, 2, 3), hg.BatchNorm2d(None), hg.Flatten(), hg.Linear(None, 3)]
        return hg.Sequential(layers, 2)

    for first in ("predict", "gradients", "train_step", "train_on"):
        compiled, reference = both(net, optimizer=hg.SGD(lr=0.1), average=hg.ExponentialMovingAverage(0.9))
        for run in (compiled, reference):
            if first == "train_on":
                run.train_on(DATA, range(20))
            else:
                getattr(run, first)(*((X,) if first == "predict" else (X, TARGETS)))
            run.train_step(X, TARGETS)
        assert compiled.step_count == reference.step_count
        for name, value in reference.network.state_dict().items():
            np.testing.assert_allclose(compiled.network.state_dict()[name], value, rtol=1e-4, atol=1e-5)


def test_networks_without_parameters_or_without_layers():
    for layers in (
        [hg.Flatten()],
        [hg.Flatten(), hg.ReLU()],
        [hg.Flatten(), hg.Sequential([]), hg.Softmax()],
    ):
        runs = trio(lambda layers=layers: layers, (1, 8, 8), clip=hg.ClipGradNorm(1.0))
        runs.predictions_agree(X)
        runs.steps_agree(X, TARGETS)
        assert runs.compiled.gradients(X, TARGETS) == {}
        assert runs.compiled.step_count == 1


def test_a_float64_network_runs_as_in_the_reference_to_the_bit():
    compiled, reference = both(lambda: make_net(dtype=np.float64), **EVERYTHING)

    def steps() -> None:
        for _ in range(3):
            assert compiled.train_step(X, TARGETS) == reference.train_step(X, TARGETS)
            assert compiled.train_on(DATA, range(9)) == reference.train_on(DATA, range(9))

    with pytest.warns(EngineWarning, match="float64") as caught:
        steps()
    assert len(caught) == 1
    assert compiled.predict(X).dtype == np.float64
    np.testing.assert_array_equal(compiled.predict(X), reference.predict(X))
    assert same(compiled.gradients(X, TARGETS), reference.gradients(X, TARGETS))
    assert same(compiled.state(), reference.state())


@pytest.mark.parametrize(
    ("first", "second"), [("compiled", "reference"), ("reference", "compiled"), ("compiled",) * 2]
)
def test_a_state_goes_on_in_either_engine(first: str, second: str):
    options = {**EVERYTHING, "schedule": None}
    run, whole = make_run(engine=first, **options), make_run(engine="reference", **options)
    for _ in range(3):
        run.train_step(X, TARGETS), whole.train_step(X, TARGETS)
    state = run.state()
    kept = {name: array.copy() for name, array in state.items()}
    run.train_step(X, TARGETS)
    assert same(state, kept)  # copies
    resumed = make_run(make_net(8), engine=second, seed=0, **options)
    resumed.predict(X), resumed.gradients(X, TARGETS)  # its plans are made before the state comes
    resumed.load_state(state)
    assert same(resumed.state(), state)
    for _ in range(3):
        found, expected = resumed.train_step(X, TARGETS), whole.train_step(X, TARGETS)
        assert found.loss == pytest.approx(expected.loss, rel=1e-5)
    for name, array in whole.state().items():
        np.testing.assert_allclose(resumed.state()[name], array, rtol=1e-3, atol=1e-5, err_msg=name)


def test_averaged_and_adopted_weights_are_those_that_predict():
    run = make_run(engine="compiled", average=hg.StochasticWeightAverage())
    first, before = run.network.state_dict(), run.predict(X)
    for _ in range(4):
        run.train_step(X, TARGETS)
    own = run.predict(X)
    with run.averaged_weights():
        averaged, expected = run.predict(X), run.network.forward(X)[0]
    np.testing.assert_allclose(averaged, expected, rtol=1e-4, atol=1e-5)
    assert (averaged != own).any()
    np.testing.assert_array_equal(run.predict(X), own)
    run.adopt(first)
    np.testing.assert_array_equal(run.predict(X), before)
    with run.averaged_weights():
        np.testing.assert_array_equal(run.predict(X), before)


def test_a_copy_goes_on_alone_to_the_same_bits():
    rng = np.random.default_rng(0)
    x, targets = rng.standard_normal((20, 1, 6, 6), np.float32), rng.integers(0, 3, 20)
    layers = [hg.Conv2d(1, 4, 3), hg.ReLU(), hg.Flatten(), hg.Dropout(0.3), hg.Linear(64, 3)]
    run = hg.compile(
        hg.Sequential(layers, seed=1), loss=hg.CrossEntropyLoss(), optimizer=hg.Adam(), engine="compiled",
        average=hg.ExponentialMovingAverage(0.9),
    )  # fmt: skip
    run.train_step(x, targets)
    other = copy.deepcopy(run)
    assert other.network is not run.network
    before = {name: array.copy() for name, array in run.state().items()}
    steps = [other.train_step(x, targets).loss for _ in range(3)]
    assert all(np.array_equal(array, before[name]) for name, array in run.state().items())
    assert steps == [run.train_step(x, targets).loss for _ in range(3)]
    assert all(np.array_equal(array, other.state()[name]) for name, array in run.state().items())
