import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ArgumentError, ShapeError


def open_layers():
    return [
        hg.Conv2d(None, 4, 3, bias=False), hg.BatchNorm2d(None), hg.ReLU(), hg.MaxPool2d(2), hg.Flatten(),
        hg.Sequential([hg.Linear(None, 8), hg.BatchNorm1d(None), hg.PReLU()]), hg.Linear(None, 3),
    ]  # fmt: skip


def told_layers():
    return [
        hg.Conv2d(2, 4, 3, bias=False), hg.BatchNorm2d(4), hg.ReLU(), hg.MaxPool2d(2), hg.Flatten(),
        hg.Sequential([hg.Linear(36, 8), hg.BatchNorm1d(8), hg.PReLU()]), hg.Linear(8, 3),
    ]  # fmt: skip


SHAPE = (2, 8, 8)
X = np.random.default_rng(0).normal(size=(3, *SHAPE)).astype("f")
TARGETS = np.array([0, 1, 2])


def compiled(net):
    return hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.Adam(), threads=1)


WAYS = {
    "told every size": lambda seed: hg.Sequential(told_layers(), seed=seed),
    "input_shape": lambda seed: hg.Sequential(open_layers(), seed=seed, input_shape=SHAPE),
    "summary": lambda seed: after(hg.Sequential(open_layers(), seed=seed), lambda net: net.summary(SHAPE)),
    "forward": lambda seed: after(hg.Sequential(open_layers(), seed=seed), lambda net: net.forward(X)),
    "predict": lambda seed: after(hg.Sequential(open_layers(), seed), lambda net: compiled(net).predict(X)),
    "gradients": lambda seed: after(
        hg.Sequential(open_layers(), seed), lambda net: compiled(net).gradients(X, TARGETS)
    ),
    "infer, twice": lambda seed: after(
        hg.Sequential(open_layers(), seed), lambda net: (net.infer(SHAPE), net.infer(SHAPE))
    ),
    "inside another": lambda seed: hg.Sequential([hg.Sequential(open_layers())], seed, input_shape=SHAPE)[0],
}


def after(net, what):
    what(net)
    return net


@pytest.mark.parametrize("way", WAYS)
def test_one_seed_gives_one_network_whichever_way_sizes_were_found(way):
    expected = WAYS["told every size"](7).state_dict()
    if way == "inside another":
        expected = hg.Sequential([hg.Sequential(told_layers())], 7)[0].state_dict()
    found = WAYS[way](7).state_dict()
    assert list(found) == list(expected)
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_seeds_differ_and_so_do_layers_alike():
    first, second = (hg.Sequential([hg.Linear(9, 9) for _ in range(3)], seed) for seed in (0, 1))
    values = [value.ravel() for net in (first, second) for value in net.state_dict().values()]
    firsts = [value[0] for value in values]
    assert len(set(firsts)) == len(firsts) == 12


def test_nested_layers_do_not_share_their_numbers_with_outer_ones():
    net = hg.Sequential([hg.Linear(9, 9), hg.Sequential([hg.Linear(9, 9), hg.Sequential([hg.Linear(9, 9)])])])
    state = net.state_dict()
    assert list(state) == ["0.weight", "0.bias", "1.0.weight", "1.0.bias", "1.1.0.weight", "1.1.0.bias"]
    assert len({float(value.ravel()[0]) for value in state.values()}) == 6


def test_torchs_default_initialisation():
    net = hg.Sequential([hg.Conv2d(16, 64, 5), hg.Conv2d(8, 6, 3, groups=2), hg.Linear(400, 500)])
    for layer, fan_in in zip(net, (400, 36, 400), strict=True):
        bound = 1 / np.sqrt(fan_in)
        for value in (layer.weight.value, layer.bias.value):
            assert abs(value).max() <= np.float32(bound)
        weight = layer.weight.value
        assert abs(weight).max() > 0.97 * bound
        assert weight.std() == pytest.approx(bound / np.sqrt(3), rel=0.1)
    assert abs(net[2].bias.value).max() > 0.97 / 20
    state = hg.Sequential([hg.BatchNorm2d(3), hg.PReLU(2)]).state_dict()
    values = {name: value.tolist() for name, value in state.items()}
    assert values == {
        "0.weight": [1, 1, 1], "0.bias": [0, 0, 0], "0.running_mean": [0, 0, 0], "0.running_var": [1, 1, 1],
        "0.num_batches_tracked": 0, "1.weight": [0.25, 0.25],
    }  # fmt: skip


# layers, the shape of x, and the whole message
MISFITS = [
    (
        [hg.Conv2d(1, 20, 5), hg.MaxPool2d(2), hg.Linear(2880, 10)], (4, 1, 28, 28),
        "layer 2, Linear(2880, 10): expected x of shape (N, 2880), got (N, 20, 12, 12). "
        "Hint: it follows layer 1, MaxPool2d(2); put Flatten() between them.",
    ),
    (
        [hg.Flatten(), hg.Linear(784, 10)], (4, 1, 27, 28),
        "layer 1, Linear(784, 10): expected x of shape (N, 784), got (N, 756). "
        "Hint: it follows layer 0, Flatten().",
    ),
    (
        [hg.Conv2d(3, 20, 5)], (4, 1, 28, 28),
        "layer 0, Conv2d(3, 20, 5): expected x of shape (N, 3, H, W), got (N, 1, 28, 28). "
        "Hint: it is the first layer.",
    ),
    (
        [hg.Conv2d(1, 20, 5)], (4, 28, 28),
        "layer 0, Conv2d(1, 20, 5): expected x of shape (N, 1, H, W), got (N, 28, 28). "
        "Hint: it is the first layer.",
    ),
    (
        [hg.ReLU(), hg.MaxPool2d(3)], (4, 1, 2, 2),
        "layer 1, MaxPool2d(3): expected maps of at least 3 x 3 pixels for a 3 x 3 window with padding 0, 0, "
        "got 2 x 2. Hint: it follows layer 0, ReLU(); use a smaller window, more padding, or fewer layers "
        "that shrink the maps.",
    ),
    (
        [hg.Flatten(), hg.BatchNorm2d(5)], (4, 1, 2, 2),
        "layer 1, BatchNorm2d(5): expected x of shape (N, 5, H, W), got (N, 4). "
        "Hint: it follows layer 0, Flatten().",
    ),
    (
        [hg.BatchNorm1d(5)], (4, 6),
        "layer 0, BatchNorm1d(5): expected x of shape (N, 5), got (N, 6). Hint: it is the first layer.",
    ),
    (
        [hg.ReLU(), hg.Sequential([hg.ReLU(), hg.Linear(5, 2)])], (4, 6),
        "layer 1, Sequential([ReLU(), Linear(5, 2)]): expected x of shape (N, 5), got (N, 6). "
        "Hint: it follows layer 0, ReLU(); it follows layer 0, ReLU().",
    ),
    (
        [hg.ReLU()], (5,),
        "network: expected a batch of at least one image, (N, C, H, W) or (N, I), got (5,).",
    ),
    (
        [hg.ReLU()], (0, 1, 5, 5),
        "network: expected a batch of at least one image, (N, C, H, W) or (N, I), got (0, 1, 5, 5).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "shape", "message"), MISFITS, ids=lambda value: str(value)[:40])
def test_the_message_of_a_misfit(layers, shape, message):
    with pytest.raises(ShapeError) as caught:
        hg.Sequential(layers).forward(np.ones(shape, "f"))
    assert str(caught.value) == message


@pytest.mark.parametrize(("layers", "shape", "message"), MISFITS[:8], ids=lambda value: str(value)[:40])
def test_it_is_the_same_message_where_the_network_was_told_its_shape(layers, shape, message):
    with pytest.raises(ShapeError) as caught:
        hg.Sequential(layers, input_shape=shape[1:])
    assert str(caught.value) == message
    with pytest.raises(ShapeError) as caught:
        hg.Sequential(layers).summary(shape[1:])
    assert str(caught.value) == message


def test_a_settled_network_still_looks_at_every_batch():
    net = hg.Sequential([hg.Conv2d(1, 4, 3), hg.MaxPool2d(2), hg.Flatten(), hg.Linear(36, 3)])
    net.forward(np.ones((2, 1, 8, 8), "f"))
    with pytest.raises(ShapeError) as caught:
        net.forward(np.ones((2, 1, 10, 8), "f"))
    assert str(caught.value) == (
        "layer 3, Linear(36, 3): expected x of shape (N, 36), got (2, 48). "
        "Hint: it follows layer 2, Flatten()."
    )
    with pytest.raises(ShapeError, match=r"layer 0, Conv2d\(1, 4, 3\): expected x of shape \(N, 1, H, W\)"):
        net.forward(np.ones((2, 2, 8, 8), "f"))


def test_an_input_that_does_not_fit_fixes_no_size():
    net = hg.Sequential(
        [hg.Conv2d(None, 4, 3), hg.Sequential([hg.Flatten(), hg.Linear(None, 5)]), hg.Linear(6, 3)]
    )
    with pytest.raises(ShapeError, match="layer 2"):
        net.forward(np.ones((2, 3, 8, 8), "f"))
    assert repr(net[0]) == "Conv2d(None, 4, 3)"
    assert repr(net[1]) == "Sequential([Flatten(), Linear(None, 5)])"
    assert net.input_shape is None
    net.layers[2] = hg.Linear(5, 3)
    assert net.forward(np.ones((2, 1, 9, 9), "f"))[0].shape == (2, 3)


def test_it_reads_like_a_list():
    layers = [hg.Flatten(), hg.Linear(4, 3), hg.ReLU()]
    net = hg.Sequential(layer for layer in layers)
    assert len(net) == 3
    assert list(net) == layers
    assert net[-1] is layers[2]
    assert repr(net) == "Sequential([Flatten(), Linear(4, 3), ReLU()])"


def test_an_empty_network_passes_everything_on():
    net = hg.Sequential([])
    np.testing.assert_array_equal(net.forward(X)[0], X)
    assert net.state_dict() == {}
    assert net.summary((2, 8, 8)).parameters == 0


def test_layers_may_be_used_twice_in_a_pass():
    """Nothing of a pass stays on a layer: one ReLU object at two places is two ReLUs."""
    relu = hg.ReLU()
    make = lambda a, b: hg.Sequential([hg.Linear(4, 5), a, hg.Linear(5, 3), b], dtype=np.float64)  # noqa: E731
    x = np.random.default_rng(1).normal(size=(6, 4))
    results = []
    for net in (make(relu, relu), make(hg.ReLU(), hg.ReLU())):
        y, cache = net.forward(x)
        results.append(net.backward(np.ones_like(y), cache)[0])
    np.testing.assert_array_equal(*results)


def test_gradients_against_finite_differences():
    """The chain through nested networks, in float64, for x and for every parameter."""
    net = hg.Sequential([*told_layers()[:2], hg.Tanh(), *told_layers()[3:5],
                         hg.Sequential([hg.Linear(36, 8), hg.BatchNorm1d(8), hg.Sigmoid()]), hg.Linear(8, 3)],
                        seed=2, dtype=np.float64)  # fmt: skip
    rng = np.random.default_rng(3)
    x, dy = rng.normal(size=(4, *SHAPE)), rng.normal(size=(4, 3))
    _, cache = net.forward(x, training=True)
    dx, gradients = net.backward(dy, cache)
    assert gradients.keys() == net.parameters().keys()
    arrays = {"x": (x, dx)} | {n: (p.value, gradients[n]) for n, p in net.parameters().items()}
    for name, (array, gradient) in arrays.items():
        for index in rng.choice(array.size, size=min(array.size, 12), replace=False):
            place, values = np.unravel_index(index, array.shape), []
            kept = array[place]
            for shift in (1e-6, -1e-6):
                array[place] = kept + shift
                values.append((net.forward(x, training=True)[0] * dy).sum())
            array[place] = kept
            numeric = (values[0] - values[1]) / 2e-6
            assert gradient[place] == pytest.approx(numeric, rel=1e-5, abs=1e-7), name


def test_backward_names_the_layer_that_returns_too_little():
    class Lone(hg.Layer):
        def forward(self, x, *, training=False, rng=None):
            return x, None

        def backward(self, dy, cache):
            return dy

    net = hg.Sequential([hg.ReLU(), Lone()])
    y, cache = net.forward(np.ones((2, 3)))
    with pytest.raises(
        ArgumentError, match=r"layer 1, Lone\(\): expected backward to return \(dx, gradients\), got"
    ):
        net.backward(y, cache)
