"""A user's own `Layer` subclass is as good as one of the library's."""

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ArgumentError, ShapeError
from handgrad.nn import layers_from_text

pytestmark = pytest.mark.filterwarnings("ignore::handgrad.errors.EngineWarning")


class Swish(hg.Layer):
    """y = x · sigmoid(β x), β learnt: no output_shape, no infer, no multiply_adds."""

    def __init__(self, start=1.0):
        self.start = start
        self.beta = hg.Parameter([start])

    def forward(self, x, *, training=False, rng=None):
        gate = 1 / (1 + np.exp(-self.beta.value * x))
        return x * gate, (x, gate)

    def backward(self, dy, cache):
        x, gate = cache
        slope = gate * (1 - gate)
        dbeta = (dy * x * x * slope).sum().reshape(1)
        return dy * (gate + self.beta.value * x * slope), {"beta": dbeta}


class Shift(hg.Layer):
    """y = x + a drawn number for each channel, whose count is left open."""

    def infer(self, input_shape):
        self.offset = hg.Parameter(draw=lambda rng: rng.normal(size=input_shape[0]))

    def forward(self, x, *, training=False, rng=None):
        return x + self.offset.value.reshape(-1, *[1] * (x.ndim - 2)), None

    def backward(self, dy, cache):
        return dy, {"offset": dy.sum(axis=(0, *range(2, dy.ndim)))}


def make_net(seed=0, **options):
    layers = [hg.Conv2d(1, 3, 3), Shift(), Swish(0.5), hg.Flatten(), hg.Linear(None, 2)]
    return hg.Sequential(layers, seed, **options)


X = np.random.default_rng(0).normal(size=(16, 1, 6, 6)).astype("f")
TARGETS = (X[:, 0, 2, 2] > 0).astype(np.int64)


def test_it_trains():
    net = make_net()
    run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.Adam(lr=0.02), threads=1)
    steps = [run.train_step(X, TARGETS) for _ in range(60)]
    assert steps[-1].correct == 16
    assert steps[-1].loss < 0.1 * steps[0].loss
    assert net[2].beta.value[0] != 0.5
    assert (net[1].offset.value != make_net(input_shape=(1, 6, 6))[1].offset.value).all()


def test_its_gradients_are_those_of_finite_differences():
    net = make_net(dtype=np.float64, input_shape=(1, 6, 6))
    run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(), threads=1)
    x = X.astype(np.float64)
    gradients = run.gradients(x, TARGETS)
    for name in ("1.offset", "2.beta", "0.bias", "4.weight"):
        value = net.parameters()[name].value
        numeric = np.zeros_like(value)
        for place in np.ndindex(value.shape):
            kept, losses = value[place], []
            for shift in (1e-6, -1e-6):
                value[place] = kept + shift
                losses.append(hg.CrossEntropyLoss().forward(net.forward(x)[0], TARGETS)[0])
            value[place] = kept
            numeric[place] = (losses[0] - losses[1]) / 2e-6
        np.testing.assert_allclose(gradients[name], numeric, rtol=1e-5, atol=1e-8, err_msg=name)


def test_it_is_saved_and_loaded(tmp_path):
    net, other = make_net(1, input_shape=(1, 6, 6)), make_net(2, input_shape=(1, 6, 6))
    net[2].beta.value[...] = 3.0
    net.save(tmp_path / "net.safetensors")
    other.load(tmp_path / "net.safetensors")
    assert other[2].beta.value.tolist() == [3.0]
    np.testing.assert_array_equal(net.forward(X)[0], other.forward(X)[0])


def test_it_is_summarised_and_read_from_text():
    net = make_net()
    assert str(net.summary((1, 6, 6))).splitlines()[2:4] == [
        "1  Shift()              (3, 4, 4)              3              0",
        "2  Swish(start=0.5)     (3, 4, 4)              1              0",
    ]
    (again,) = layers_from_text(["Swish(start=0.5)"], own={"Swish": Swish})
    assert isinstance(again, Swish)
    assert again.beta.value.tolist() == [0.5]


def test_parameters_that_it_declares_late_are_drawn_by_the_networks_seed():
    first, same, other = (make_net(seed, input_shape=(1, 6, 6))[1].offset.value for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert (first != other).all()
    two = hg.Sequential([Shift(), Shift()], 1, input_shape=(3,))
    assert (two[0].offset.value != two[1].offset.value).all()
    double = make_net(1, input_shape=(1, 6, 6), dtype=np.float64)[1].offset.value
    assert (double != double.astype("f")).all()


class Faulty(Swish):
    """Swish with another result of backward."""

    def __init__(self, spoil):
        super().__init__()
        self.spoil = spoil

    def backward(self, dy, cache):
        return self.spoil(*super().backward(dy, cache))

    def __repr__(self):
        return "Faulty()"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda dx, g: (dx, {}), "expected backward to return beta of shape (1,), got none."),
        (
            lambda dx, g: (dx, {"beta": g["beta"][0]}),
            "expected backward to return beta of shape (1,), got ().",
        ),
        (lambda dx, g: (dx, {"beta": dx}), "expected backward to return beta of shape (1,), got (4, 5)."),
        (
            lambda dx, g: (dx, {"betta": g["beta"]}),
            "expected backward to return beta of shape (1,), got none.",
        ),
        (
            lambda dx, g: (dx, {**g, "bias": g["beta"]}),
            "expected gradients of its own parameters, beta, got bias.",
        ),
        (lambda dx, g: (dx.T, g), "expected backward to return dx of shape (4, 5), got (5, 4)."),
        (lambda dx, g: (dx[:1], g), "expected backward to return dx of shape (4, 5), got (1, 5)."),
        (lambda dx, g: (0.0, g), "expected backward to return dx of shape (4, 5), got ()."),
    ],
)
def test_a_wrong_backward_is_named(spoil, message):
    net = hg.Sequential([hg.Linear(3, 5), Faulty(spoil), hg.Linear(5, 2)])
    run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(), threads=1)
    before = net.state_dict()
    with pytest.raises(ShapeError) as caught:
        run.train_step(np.ones((4, 3), "f"), np.zeros(4, np.int64))
    assert str(caught.value) == f"layer 1, Faulty(): {message}"
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


class Untold(Swish):
    """Its forward does not know of training."""

    def forward(self, x):
        return x, None

    def __repr__(self):
        return "Untold()"


class Hungry(Swish):
    """Its backward wants more than there is."""

    def backward(self, dy, cache, x):
        return dy, {}

    def __repr__(self):
        return "Hungry()"


def test_a_layer_that_cannot_be_called_as_a_network_calls_it_is_refused():
    with pytest.raises(ArgumentError) as caught:
        hg.Sequential([hg.Linear(3, 5), Untold()])
    assert str(caught.value) == (
        "layer 1, Untold(): expected forward to take (x, *, training=False, rng=None), got forward(x). "
        "Hint: write def forward(self, x, *, training=False, rng=None)."
    )
    with pytest.raises(ArgumentError, match=r"backward to take \(dy, cache\), got backward\(dy, cache, x\)"):
        hg.Sequential([Hungry()])


@pytest.mark.parametrize("layer", [hg.Linear(3, 5), Swish(), make_net()], ids=["Linear", "Swish", "network"])
def test_a_call_as_in_pytorch_says_what_there_is_instead(layer):
    with pytest.raises(ArgumentError, match=r"expected forward\(x\).* Hint: .*\.predict\(x\)"):
        layer(np.ones((1, 3), "f"))
