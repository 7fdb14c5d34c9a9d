"""The other ways to run PyTorch: the same numbers, or nearly so, or a clear refusal."""

import numpy as np
import pytest

import handgrad as hg
from handgrad.engine.torch import VARIANTS
from handgrad.errors import ArgumentError
from tests.engine.engine_cases import make_data, make_net
from tests.engine.torch.torch_runs import TOLERANCES, close, pair, torch

pytestmark = pytest.mark.torch

TORCHS_OWN_WARNINGS = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # as it imports its compiler
X, TARGETS = hg.batch(make_data(), range(20))


def tiny():
    return hg.Sequential([hg.Linear(4, 3), hg.ReLU()], input_shape=(4,))


@pytest.mark.parametrize("optimizer", [hg.SGD(0.1, 0.9, 0.3), hg.Adam(lr=0.01), hg.Adagrad()], ids=repr)
def test_channels_last_is_another_layout_of_the_same_numbers(optimizer):
    def make():
        layers = [hg.Conv2d(2, 4, 3), hg.MaxPool2d(2), hg.Conv2d(4, 5, 2), hg.Flatten(), hg.Linear(None, 3)]
        return hg.Sequential(layers, input_shape=(2, 8, 8))

    x = np.concatenate([X, X**2], axis=1)  # -> (20, 2, 8, 8)
    theirs, ours = pair(make, optimizer, variant="channels_last", clip=hg.ClipGradNorm(0.5))
    for _ in range(4):
        theirs.train_step(x, TARGETS)
        ours.train_step(x, TARGETS)
    close(theirs.state(), ours.state(), TOLERANCES["float32"])
    weight = theirs._mirror.parameters["2.weight"]
    assert weight.stride() == (16, 1, 8, 4)  # (5, 4, 2, 2) with the channels side by side
    for array in theirs._optimizer_state.slots["2.weight"].values():
        assert array.strides == (64, 4, 32, 16)
    inputs = []
    theirs._mirror.module[0].register_forward_pre_hook(lambda module, given: inputs.append(given[0]))
    theirs.predict(x)
    assert inputs[0].is_contiguous(memory_format=torch.channels_last)


def test_bfloat16_is_other_arithmetic_on_float32_weights():
    theirs, ours = pair(variant="bfloat16")
    for _ in range(4):
        step, expected = theirs.train_step(X, TARGETS), ours.train_step(X, TARGETS)
        assert step.loss == pytest.approx(expected.loss, rel=0.02)
        assert step.loss != pytest.approx(expected.loss, rel=1e-5)
    assert {array.dtype for array in theirs.network.state_dict().values()} == {np.dtype("f4"), np.dtype("i8")}
    assert theirs.predict(X).dtype == np.float32
    np.testing.assert_allclose(theirs.predict(X), ours.predict(X), atol=0.05)
    assert [y.dtype for y in theirs.activations(X)] == [np.float32] * len(theirs.network)


@TORCHS_OWN_WARNINGS
def test_a_compiled_network_is_the_same_network():
    """The smallest there is: each pass of each shape takes seconds to compile."""
    theirs, ours = pair(tiny, hg.SGD(0.1, 0.9), variant="compiled")
    x, targets = np.linspace(-1, 1, 24, dtype=np.float32).reshape(6, 4), np.arange(6) % 3
    try:
        theirs.train_step(x, targets)
    except ArgumentError as error:
        if "C++ compiler" not in str(error):
            raise
        pytest.skip(str(error))
    theirs.train_step(x, targets)
    for _ in range(2):
        ours.train_step(x, targets)
    close(theirs.state(), ours.state(), 1e-6)
    np.testing.assert_allclose(theirs.predict(x), ours.predict(x), atol=1e-6)


@TORCHS_OWN_WARNINGS
def test_without_a_compiler_it_says_what_to_install(monkeypatch):
    theirs, _ = pair(tiny, variant="compiled")

    def fails(x):
        raise RuntimeError("\nInvalidCxxCompiler: No working C++ compiler found\n\nSet TORCHDYNAMO_VERBOSE=1")

    theirs._mirrored(np.ones((1, 4)))._runs = fails
    with pytest.raises(ArgumentError, match=r"got InvalidCxxCompiler: No working.*found\. Hint: install one"):
        theirs.train_step(np.ones((6, 4), "f"), np.arange(6) % 3)


def test_what_pytorch_cannot_compute_though_handgrad_can_is_an_error_of_ours():
    theirs, _ = pair(lambda: make_net(dropout=0.0))

    def fails(x):
        raise RuntimeError("could not create a primitive\nand so on")

    theirs._mirrored(X)._runs = fails
    with pytest.raises(
        ArgumentError, match=r"a batch that PyTorch can compute, got could not .* primitive\.$"
    ):
        theirs.predict(X)


def test_a_variant_that_is_none():
    with pytest.raises(ArgumentError, match="one of default, channels_last, compiled, bfloat16, got 'fast'"):
        pair(variant="fast")
    assert list(VARIANTS) == ["default", "channels_last", "compiled", "bfloat16"]
