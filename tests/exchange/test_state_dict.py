import numpy as np
import pytest
from safetensors.numpy import save_file

from handgrad.errors import ArgumentError, WeightsError
from handgrad.exchange import export_safetensors, import_state_dict
from handgrad.nn import BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, Tanh
from tests.exchange.networks import LAYERS, network
from tests.exchange.raw_safetensors import raw


def two_layers(**options):
    return Sequential([Linear(4, 3), ReLU(), Linear(3, 2)], **options)


def a_state(dtype=np.float32):
    rng = np.random.default_rng(5)
    shapes = {"0.weight": (3, 4), "0.bias": (3,), "2.weight": (2, 3), "2.bias": (2,)}
    return {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}


def check(net, state):
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, state[name])


@pytest.mark.parametrize("name", LAYERS)
def test_what_was_exported_comes_back(tmp_path, name):
    net, path = network(name, 3), tmp_path / "net.safetensors"
    export_safetensors(net, path)
    other = Sequential(LAYERS[name](3), seed=99)
    report = import_state_dict(other, path)
    check(other, net.state_dict())
    assert (report.path, report.prefix, report.converted, report.by_shape) == (str(path), "", {}, False)
    assert report.names == {name: name for name in net.state_dict()}


@pytest.mark.parametrize("prefix", ["module.", "model.", "net.", "layers.", "module.model."])
def test_a_prefix_of_all_names(tmp_path, prefix):
    save_file({prefix + name: array for name, array in a_state().items()}, tmp_path / "net")
    net = two_layers()
    report = import_state_dict(net, tmp_path / "net")
    check(net, a_state())
    assert report.prefix == prefix
    assert report.names["2.bias"] == f"{prefix}2.bias"
    assert str(report).splitlines()[1] == f"stripped from every name: {prefix}"


def test_named_attributes(tmp_path):
    own = {"0": "module.second", "2": "module.first"}  # the alphabet has them the other way round
    save_file({own[name[0]] + name[1:]: array for name, array in a_state().items()}, tmp_path / "net")
    net = two_layers()
    report = import_state_dict(net, tmp_path / "net")
    check(net, a_state())
    assert report.by_shape
    assert report.prefix == "module."
    assert report.names == {
        "0.weight": "module.second.weight",
        "0.bias": "module.second.bias",
        "2.weight": "module.first.weight",
        "2.bias": "module.first.bias",
    }


def test_the_networks_arrays_stay_the_same_objects(tmp_path):
    net = two_layers()
    before = [parameter.value for parameter in net.parameters().values()]
    save_file(a_state(), tmp_path / "net")
    import_state_dict(net, tmp_path / "net")
    assert [id(parameter.value) for parameter in net.parameters().values()] == [id(array) for array in before]


@pytest.mark.parametrize("stored", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("own", [np.float32, np.float64])
def test_every_precision_becomes_the_networks(tmp_path, stored, own):
    save_file(a_state(stored), tmp_path / "net")
    net = two_layers(dtype=own)
    report = import_state_dict(net, tmp_path / "net")
    check(net, {name: array.astype(own) for name, array in a_state(stored).items()})
    assert {array.dtype for array in net.state_dict().values()} == {np.dtype(own)}
    change = (np.dtype(stored).name, np.dtype(own).name)
    assert report.converted == ({} if stored == own else dict.fromkeys(a_state(), change))


def test_bfloat16(tmp_path):
    ones = b"\x80\x3f"
    weights = {"0__weight": ("BF16", [2, 1], 2 * ones), "0__bias": ("BF16", [2], 2 * ones)}
    (tmp_path / "net").write_bytes(raw(**weights))
    net = Sequential([Linear(1, 2)])
    report = import_state_dict(net, tmp_path / "net")
    assert report.converted == dict.fromkeys(["0.weight", "0.bias"], ("bfloat16", "float32"))
    check(net, {"0.weight": np.ones((2, 1)), "0.bias": np.ones(2)})


def test_the_report_prints_as_a_table(tmp_path):
    names = {"0.weight": "a.weight", "0.bias": "a.bias", "2.weight": "b.weight", "2.bias": "b.bias"}
    renamed = {names[name]: array for name, array in a_state().items()}
    save_file(renamed | {"b.bias": np.zeros(2)}, tmp_path / "net")
    assert str(import_state_dict(two_layers(), tmp_path / "net")).splitlines() == [
        f"{tmp_path / 'net'}: 4 tensors, matched by shape",
        "  0.weight  from a.weight",
        "  0.bias    from a.bias",
        "  2.weight  from b.weight",
        "  2.bias    from b.bias  (float64 to float32)",
    ]


def without(name):
    return {own: array for own, array in a_state().items() if own != name}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (without("2.bias"), "got no '2.bias'"),
        (a_state() | {"4.weight": np.zeros(2)}, "an unknown '4.weight'"),
        (a_state() | {"0.weight": np.zeros((4, 3))}, r"'0.weight' of shape \(4, 3\) instead of \(3, 4\)"),
        (
            {("3" + name[1:] if name[0] == "2" else name): a for name, a in a_state().items()},
            "unknown '3.weight'",
        ),
        ({}, "no '0.weight'"),
        ({f"fc{name}": array for name, array in without("2.bias").items()}, r"pair off.*2\.bias .*fc0\.bias"),
        (a_state() | {"extra": np.zeros(2)}, "pair off.*extra"),
        (
            a_state() | {"0.weight": np.zeros((3, 4), np.int64)},
            "'0.weight': expected a tensor of real numbers, got int64",
        ),
        (
            a_state() | {"0.bias": np.full(3, 1e300)},
            "'0.bias': expected numbers that float32 can hold, got 1e.300",
        ),
    ],
)
def test_what_does_not_fit_changes_nothing(tmp_path, state, message):
    save_file(state, tmp_path / "net")
    net = two_layers()
    before = net.state_dict()
    with pytest.raises(WeightsError, match=message) as caught:
        import_state_dict(net, tmp_path / "net")
    assert str(caught.value).startswith(str(tmp_path / "net"))
    check(net, before)


def test_ambiguous_names(tmp_path):
    state = {
        f"{layer}.{name}": np.zeros(shape)
        for layer in "qk"
        for name, shape in (("weight", (3, 3)), ("bias", 3))
    }
    save_file(state, tmp_path / "net")
    with pytest.raises(
        WeightsError, match=r"one way only, got k, q, all alike, for 0, 1; 0\.weight.*q\.weight"
    ):
        import_state_dict(Sequential([Linear(3, 3), Linear(3, 3)]), tmp_path / "net")


def test_a_fraction_for_a_count(tmp_path):
    net = Sequential([BatchNorm2d(2)])
    save_file(net.state_dict() | {"0.num_batches_tracked": np.array(1.5)}, tmp_path / "net")
    with pytest.raises(WeightsError, match="a tensor of whole numbers, got float64"):
        import_state_dict(net, tmp_path / "net")


def test_nan_and_infinity_are_values(tmp_path):
    state = a_state(np.float64) | {"0.bias": np.array([np.nan, np.inf, -np.inf])}
    save_file(state, tmp_path / "net")
    net = two_layers()
    import_state_dict(net, tmp_path / "net")
    np.testing.assert_array_equal(net.state_dict()["0.bias"], [np.nan, np.inf, -np.inf])


def test_a_size_still_open(tmp_path):
    with pytest.raises(ArgumentError, match="import_state_dict: layer 0"):
        import_state_dict(Sequential([Linear(None, 2)]), tmp_path / "net")


def test_a_damaged_file(tmp_path):
    (tmp_path / "net").write_bytes(b"damaged")
    with pytest.raises(WeightsError, match="a whole safetensors file"):
        import_state_dict(two_layers(), tmp_path / "net")


@pytest.mark.torch
@pytest.mark.parametrize("half", [False, True])
def test_a_module_of_pytorch(tmp_path, half):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file as save_torch

    from tests.exchange.torch_twins import Named

    torch.manual_seed(0)
    model = Named()
    with torch.no_grad():
        model(torch.randn(8, 1, 8, 8))  # moves the running statistics
    if half:  # exact in bfloat16, so that both compute with the same numbers
        model = model.bfloat16().float()
    model.eval()
    saved = {
        name: t.bfloat16() if half and t.is_floating_point() else t for name, t in model.state_dict().items()
    }
    save_torch(saved, tmp_path / "torch.safetensors")
    convolutions = [
        Conv2d(1, 4, 3),
        BatchNorm2d(4),
        ReLU(),
        Conv2d(4, 4, 3, bias=False),
        BatchNorm2d(4),
        ReLU(),
    ]
    hidden = [Linear(16, 16), Tanh(), Linear(16, 16), Tanh(), Linear(16, 16), Tanh()]
    net = Sequential([*convolutions, MaxPool2d(2), Flatten(), *hidden, Linear(16, 5)])
    report = import_state_dict(net, tmp_path / "torch.safetensors")
    assert {own: report.names[f"{own}.weight"] for own in ("4", "8", "10", "12", "14")} == {
        "4": "bn2.weight",
        "8": "fc1.weight",
        "10": "fc2.weight",
        "12": "fc10.weight",
        "14": "classifier.weight",
    }
    x = np.random.default_rng(1).normal(size=(4, 1, 8, 8)).astype(np.float32)
    with torch.no_grad():
        expected = model(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(net.forward(x)[0], expected, rtol=1e-5, atol=1e-5)
