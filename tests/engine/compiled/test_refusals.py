"""What the compiled engine refuses, it refuses as the reference does, and leaves everything as it was."""

from typing import Any

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ArgumentError, HandgradError, NonFiniteError, ShapeError
from tests.engine.compiled.refusals import TARGETS, X, refused_alike
from tests.engine.engine_cases import make_run, same

WRONG_IMAGES = {
    "no channel axis": X[:, 0], "rows": X.reshape(21, 64), "two channels": np.repeat(X, 2, axis=1),
    "larger": np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1))), "smaller than the kernel": X[..., :2],
    "one image": X[0], "one row": X[0, 0, 0], "more axes": X[..., None],
}  # fmt: skip
WRONG_TARGETS = {
    "too large": TARGETS + 1, "negative": TARGETS - 1, "fewer": TARGETS[:20], "more": np.append(TARGETS, 0),
    "floats": TARGETS.astype("f"), "one-hot": np.eye(3, dtype="f")[TARGETS], "a column": TARGETS[:, None],
    "one number": np.array(1), "none": TARGETS[:0],
}  # fmt: skip


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("name", WRONG_IMAGES)
def test_images_of_a_wrong_shape(name: str, settled: bool):
    """The same kind of error about the same layer, in steps, gradients and predictions."""
    for what in ("train_step", "gradients", "predict"):
        places = []
        for engine in ("compiled", "reference"):
            layers = [hg.Conv2d(1, 2, 3), hg.ReLU(), hg.MaxPool2d(2), hg.Flatten(), hg.Linear(18, 3)]
            run = make_run(hg.Sequential(layers, input_shape=(1, 8, 8) if settled else None), engine=engine)
            with pytest.raises(HandgradError) as caught:
                getattr(run, what)(
                    *((WRONG_IMAGES[name], TARGETS) if what != "predict" else (WRONG_IMAGES[name],))
                )
            places.append((caught.type, caught.value.where))
        assert places[0] == places[1]


def test_no_images():
    run = make_run(engine="compiled")
    scores = run.predict(X[:0])
    assert (scores.shape, scores.dtype) == ((0, 3), np.float32)
    for call in (run.train_step, run.gradients):
        with pytest.raises(ShapeError, match="at least one image"):
            call(X[:0], TARGETS[:0])
    assert run.step_count == 0


LOSSES = [hg.CrossEntropyLoss(), hg.ProbabilityCrossEntropyLoss(), hg.EuclideanLoss(), hg.MSELoss()]


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("name", WRONG_TARGETS)
def test_targets_that_do_not_fit(name: str, loss: Any):
    if name == "one-hot" and loss in LOSSES[2:]:
        name = "a column"  # these losses take rows

    def net() -> hg.Sequential:
        return hg.Sequential([hg.Flatten(), hg.Linear(64, 3), hg.Softmax()])

    refused_alike(net, X, WRONG_TARGETS[name], loss=loss)
    texts = []
    for engine in ("compiled", "reference"):
        with pytest.raises(HandgradError) as caught:
            make_run(net(), loss=loss, engine=engine).gradients(X, WRONG_TARGETS[name])
        texts.append(str(caught.value))
    assert texts[0] == texts[1]


@pytest.mark.filterwarnings("ignore:no kernel for the loss")
def test_scores_that_are_no_rows():
    net = lambda: hg.Sequential([hg.Conv2d(1, 3, 3)])  # noqa: E731
    texts = []
    for engine in ("compiled", "reference"):
        with pytest.raises(ShapeError) as caught:
            make_run(net(), engine=engine).train_step(X, TARGETS)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]


def texts_of(layers: Any, ask: Any) -> list[str]:
    """What both engines say instead of doing what they are asked."""
    texts = []
    for engine in ("compiled", "reference"):
        with pytest.raises(HandgradError) as caught:
            ask(make_run(hg.Sequential(layers()), engine=engine))
        texts.append(str(caught.value))
    return texts


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [hg.Flatten(), hg.Linear(64, 4), hg.BatchNorm1d(4), hg.Linear(4, 3)],
        lambda: [hg.Flatten(), hg.Sequential([hg.Linear(64, 4), hg.BatchNorm1d(4)]), hg.Linear(4, 3)],
        lambda: [hg.Conv2d(1, 2, 8), hg.BatchNorm2d(2), hg.Flatten(), hg.Linear(2, 3)],
    ],
    ids=["of features", "of features, inside", "of 1x1 maps"],
)
def test_a_batch_norm_with_one_value_of_each_channel(layers: Any):
    found, expected = texts_of(layers, lambda run: run.train_step(X[:1], TARGETS[:1]))
    assert found == expected
    assert "more than one value for each channel" in found
    run = make_run(hg.Sequential(layers()), engine="compiled")
    assert run.train_step(X[:2], TARGETS[:2]).count == 2
    assert run.predict(X[:1]).shape == (1, 3)


@pytest.mark.parametrize(
    "pool", [lambda: hg.MaxPool2d(2, padding=2), lambda: hg.AvgPool2d((3, 1), padding=(1, 1))]
)
@pytest.mark.parametrize(
    "before", [[], [lambda: hg.Conv2d(1, 1, 1), hg.ReLU]], ids=["alone", "behind a convolution"]
)
def test_a_pool_with_more_padding_than_half_its_window(pool: Any, before: list[Any]):
    def layers() -> list[hg.Layer]:
        return [*(make() for make in before), pool(), hg.Flatten(), hg.Linear(None, 3)]

    for ask in (lambda run: run.predict(X), lambda run: run.train_step(X, TARGETS)):
        found, expected = texts_of(layers, ask)
        assert found == expected
        assert "padding of at most half the" in found


@pytest.mark.filterwarnings("ignore:no kernel for layer 0, PReLU")
def test_slopes_that_do_not_fit_the_channels():
    found, expected = texts_of(
        lambda: [hg.PReLU(4), hg.Flatten(), hg.Linear(None, 3)], lambda run: run.predict(X)
    )
    assert found == expected


@pytest.mark.filterwarnings("ignore:no kernel for the clipping")
def test_a_norm_too_large_to_be_a_number_changes_nothing():
    """Each gradient is finite, the fourth powers of them are not."""
    for engine in ("compiled", "reference"):
        net = hg.Sequential([hg.Flatten(), hg.Linear(64, 3)])
        run = make_run(
            net, hg.SGD(), loss=hg.EuclideanLoss(), clip=hg.ClipGradNorm(1.0, norm_type=40.0), engine=engine
        )
        run.train_step(X, TARGETS)
        before = run.state()
        with pytest.raises(NonFiniteError, match="finite norm"):
            run.train_step(X, np.full((21, 3), 1e10, "f"))
        assert same(run.state(), before)


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_a_locked_parameter_is_not_written_to(engine: str):
    """Nor any other, nor what the optimizer remembers; predictions and gradients need not write."""
    run = make_run(hg.Sequential([hg.Flatten(), hg.Linear(64, 3)]), hg.Adam(), engine=engine)
    run.train_step(X, TARGETS)
    run.network[1].bias.value.flags.writeable = False
    before = run.state()
    with pytest.raises(ArgumentError, match=r"expected 1\.bias to be an array that may be written to"):
        run.train_step(X, TARGETS)
    run.predict(X), run.gradients(X, TARGETS)
    assert same(run.state(), before)
    run.network[1].bias.value.flags.writeable = True
    assert run.train_step(X, TARGETS).count == 21
