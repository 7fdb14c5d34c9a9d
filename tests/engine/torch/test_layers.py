"""Every layer computes in PyTorch what its op computes: output, gradients, statistics."""

import numpy as np
import pytest

import handgrad as hg
from handgrad.engine.torch.layers import MIRRORS, check_layers, has_dropout, mirror_network
from handgrad.errors import ArgumentError
from handgrad.nn.architecture import LAYERS
from tests.engine.torch.torch_runs import TOLERANCES, close, pair, torch
from tests.nn.layer_cases import CASES, make

pytestmark = pytest.mark.torch


MORE = {
    "BatchNorm1d(5, eps=0.01, momentum=0.5)": (5,),
    "BatchNorm1d(None, momentum=None)": (5,),
    "Softmax(dim=3)": (3, 7, 8),
}


def net_of(text, shape, dtype):
    """A layer between two that have parameters, so that a gradient runs through it and beyond it."""
    first = hg.Conv2d(shape[0], shape[0], 1) if len(shape) == 3 else hg.Linear(*shape, *shape)
    layer = make(text)
    if isinstance(layer, hg.Dropout):
        layer.p = 0.0  # the masks are other ones; test_engine.py looks at them
    layers = [first, layer, hg.Flatten(), hg.Linear(None, 3)]
    return hg.Sequential(layers, 3, input_shape=shape, dtype=dtype)


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("text", [*CASES, *MORE])
def test_every_layer_is_that_of_the_reference(text, dtype):
    rng, shape = np.random.default_rng(4), (CASES | MORE)[text]
    batch = rng.normal(size=(6, *shape)).astype(dtype), rng.integers(0, 3, 6)
    theirs, ours = pair(lambda: net_of(text, shape, dtype))
    tolerance = TOLERANCES[dtype]
    close(theirs.gradients(*batch), ours.gradients(*batch), tolerance)
    for _ in range(2):
        step, expected = theirs.train_step(*batch), ours.train_step(*batch)
        assert step.loss == pytest.approx(expected.loss, rel=tolerance)
        assert (step.correct, step.count, step.lr) == (expected.correct, expected.count, expected.lr)
    close(theirs.state(), ours.state(), tolerance)
    np.testing.assert_allclose(
        theirs.predict(batch[0]), ours.predict(batch[0]), rtol=tolerance, atol=tolerance
    )
    for found, expected in zip(theirs.activations(batch[0]), ours.activations(batch[0]), strict=True):
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def test_every_layer_of_the_library_has_a_mirror_and_a_case():
    assert set(MIRRORS) == set(LAYERS.values())
    assert {text.partition("(")[0] for text in CASES} == set(LAYERS)


def test_the_modules_memory_is_the_networks_own():
    net = hg.Sequential([hg.Conv2d(1, 2, 3), hg.BatchNorm2d(2), hg.Flatten(), hg.Linear(8, 3)])
    random = torch.get_rng_state()
    module = mirror_network(net)
    assert torch.equal(torch.get_rng_state(), random)  # nothing was drawn
    state = module.state_dict()
    assert list(state) == list(net.state_dict())
    for name, item in (net.parameters() | net.buffers()).items():
        item.value[...] = 7
        assert (state[name] == 7).all(), name
        state[name].fill_(5)
        assert (item.value == 5).all(), name
    assert [name for name, _ in module.named_parameters()] == list(net.parameters())


class Doubling(hg.ReLU):
    def forward(self, x, *, training=False, rng=None):
        y, cache = super().forward(x)
        return 2 * y, cache


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        ([hg.Flatten(), Doubling()], r"layer 1, Doubling\(\): expected a layer that PyTorch has too"),
        ([hg.Sequential([Doubling()])], r"layer 0, Doubling\(\)"),
        ([hg.Layer()], r"layer 0, Layer\(\).*Hint: the reference engine runs layers of your own"),
    ],
)
def test_a_layer_of_ones_own_is_named(layers, says):
    with pytest.raises(ArgumentError, match=says):
        check_layers(hg.Sequential(layers))
    with pytest.raises(ArgumentError, match=says):
        pair(lambda: hg.Sequential(layers))


def test_dropout_is_found_wherever_it_is():
    assert has_dropout(hg.Sequential([hg.ReLU(), hg.Sequential([hg.Dropout()])]))
    assert not has_dropout(hg.Sequential([hg.ReLU(), hg.Sequential([])]))
