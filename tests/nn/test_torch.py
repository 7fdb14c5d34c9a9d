"""Names, arguments, defaults, values and whole trainings, side by side with PyTorch."""

import inspect

import numpy as np
import pytest

import handgrad as hg

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

# layer: what the two are meant to differ in: arguments of PyTorch's that handgrad does not have
ABSENT = {
    "Linear": {"device", "dtype"},
    "Conv2d": {"dilation", "padding_mode", "device", "dtype"},
    "MaxPool2d": {"dilation", "return_indices", "ceil_mode"},
    "AvgPool2d": {"ceil_mode", "count_include_pad", "divisor_override"},
    "Flatten": {"start_dim", "end_dim"},
    "ReLU": {"inplace"},
    "LeakyReLU": {"inplace"},
    "PReLU": {"device", "dtype"},
    "ELU": {"inplace"},
    "Sigmoid": {"args", "kwargs"},
    "Tanh": {"args", "kwargs"},
    "Softmax": set(),
    "Dropout": {"inplace"},
    "BatchNorm1d": {"affine", "track_running_stats", "device", "dtype", "bias"},
    "BatchNorm2d": {"affine", "track_running_stats", "device", "dtype", "bias"},
    "MSELoss": {"size_average", "reduce", "reduction"},
    "CrossEntropyLoss": {"weight", "size_average", "ignore_index", "reduce", "reduction", "label_smoothing"},
}


def parameters(kind):
    """Name: (default, whether it can be given by position)."""
    found = inspect.signature(kind).parameters.values()
    return {p.name: (p.default, p.kind is not p.KEYWORD_ONLY) for p in found}


@pytest.mark.parametrize("name", ABSENT)
def test_arguments_and_defaults_are_torchs(name):
    theirs, ours = parameters(getattr(torch.nn, name)), parameters(getattr(hg, name))
    ours = {key: value for key, value in ours.items() if key not in ("weight_init", "bias_init")}
    missing = ABSENT[name] & set(theirs)  # some exist only in some versions of PyTorch
    assert set(theirs) - missing == set(ours)
    by_position = [key for key, (_, positional) in ours.items() if positional]
    assert by_position == list(theirs)[: len(by_position)]
    for key, (default, _) in ours.items():
        if (name, key) == ("Softmax", "dim"):  # PyTorch guesses, with a warning; handgrad takes the last
            assert default == -1
        else:
            assert default == theirs[key][0], key


def test_conv2d_is_named_from_groups_on():
    assert [key for key, (_, positional) in parameters(hg.Conv2d).items() if not positional][:2] == [
        "groups",
        "bias",
    ]


def lenet_pair(seed=0):
    ours = hg.Sequential(
        [hg.Conv2d(1, 20, 5), hg.MaxPool2d(2), hg.Conv2d(20, 50, 5), hg.MaxPool2d(2), hg.Flatten(),
         hg.Linear(800, 500), hg.ReLU(), hg.Linear(500, 10)], seed, dtype=np.float64)  # fmt: skip
    t = torch.nn
    theirs = t.Sequential(
        t.Conv2d(1, 20, 5), t.MaxPool2d(2), t.Conv2d(20, 50, 5), t.MaxPool2d(2), t.Flatten(),
        t.Linear(800, 500), t.ReLU(), t.Linear(500, 10))  # fmt: skip
    return ours, theirs.double()


def everything_pair(seed=0):
    ours = hg.Sequential(
        [hg.Conv2d(2, 6, (3, 2), (1, 2), padding=(1, 0), groups=2, bias=False), hg.BatchNorm2d(6),
         hg.ELU(0.7), hg.AvgPool2d(3, 2, 1), hg.Conv2d(6, 4, 3, padding="same"), hg.PReLU(4),
         hg.MaxPool2d(3, 1, 1), hg.Flatten(),
         hg.Sequential([hg.Linear(32, 9, bias=False), hg.BatchNorm1d(9, 1e-3, 0.3)]),
         hg.LeakyReLU(0.2), hg.Linear(9, 7), hg.Sigmoid(), hg.Linear(7, 6), hg.Tanh(), hg.Linear(6, 3)],
        seed, input_shape=(2, 7, 8), dtype=np.float64)  # fmt: skip
    t = torch.nn
    theirs = t.Sequential(
        t.Conv2d(2, 6, (3, 2), (1, 2), padding=(1, 0), groups=2, bias=False), t.BatchNorm2d(6), t.ELU(0.7),
        t.AvgPool2d(3, 2, 1), t.Conv2d(6, 4, 3, padding="same"), t.PReLU(4), t.MaxPool2d(3, 1, 1),
        t.Flatten(), t.Sequential(t.Linear(32, 9, bias=False), t.BatchNorm1d(9, 1e-3, 0.3)),
        t.LeakyReLU(0.2), t.Linear(9, 7), t.Sigmoid(), t.Linear(7, 6), t.Tanh(), t.Linear(6, 3))  # fmt: skip
    return ours, theirs.double()


def smooth_pair(seed=0):
    ours = hg.Sequential(
        [hg.Flatten(), hg.Linear(112, 9), hg.Tanh(), hg.Linear(9, 3)], seed, dtype=np.float64
    )
    t = torch.nn
    theirs = t.Sequential(t.Flatten(), t.Linear(112, 9), t.Tanh(), t.Linear(9, 3))
    return ours, theirs.double()


PAIRS = {
    "lenet": (lenet_pair, (1, 28, 28)),
    "everything": (everything_pair, (2, 7, 8)),
    "smooth": (smooth_pair, (2, 7, 8)),
}


def numpy_state(theirs):
    return {name: tensor.numpy() for name, tensor in theirs.state_dict().items()}


@pytest.mark.parametrize("pair", PAIRS)
def test_state_dicts_have_the_same_names_shapes_and_order(pair):
    ours, theirs = PAIRS[pair][0]()
    mine, other = ours.state_dict(), numpy_state(theirs)
    assert list(mine) == list(other)
    for name in other:
        assert (mine[name].shape, mine[name].dtype) == (other[name].shape, other[name].dtype), name
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in ours.state_dict().items()})


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("pair", PAIRS)
def test_torchs_weights_give_torchs_outputs(pair, training):
    make, shape = PAIRS[pair]
    torch.manual_seed(1)
    ours, theirs = make()
    rng = np.random.default_rng(2)
    for name, tensor in theirs.state_dict().items():
        if "running" in name:
            tensor.copy_(torch.from_numpy(rng.uniform(0.5, 2, tensor.shape)))
    ours.load_state_dict(theirs.state_dict())  # tensors are taken as they are
    x = rng.normal(size=(5, *shape))
    y, _ = ours.forward(x, training=training)
    theirs.train(training)
    with torch.no_grad():
        expected = theirs(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-10)
    for name, array in numpy_state(theirs).items():  # the running statistics too
        np.testing.assert_allclose(ours.state_dict()[name], array, rtol=0, atol=1e-10, err_msg=name)


OPTIMIZERS = {
    "sgd": (hg.SGD(0.05, momentum=0.9, weight_decay=5e-4), lambda p: torch.optim.SGD(p, 0.05, 0.9, 0, 5e-4)),
    "adam": (hg.Adam(lr=0.01), lambda p: torch.optim.Adam(p, 0.01)),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("pair", PAIRS)
def test_trainings_walk_side_by_side(pair, optimizer):
    make, shape = PAIRS[pair]
    ours, theirs = make(seed=3)
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in ours.state_dict().items()})
    mine, theirs_of = OPTIMIZERS[optimizer]
    run = hg.compile(ours, loss=hg.CrossEntropyLoss(), optimizer=mine, threads=1)
    stepper, rng = theirs_of(theirs.parameters()), np.random.default_rng(4)
    start, losses = ours.state_dict(), []
    for _ in range(5):
        x, targets = rng.normal(size=(6, *shape)), rng.integers(0, 3, 6)
        logits = theirs(torch.from_numpy(x))
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(targets))
        stepper.zero_grad()
        loss.backward()
        gradients = run.gradients(x, targets)
        for name, parameter in theirs.named_parameters():
            np.testing.assert_allclose(
                gradients[name], parameter.grad.numpy(), rtol=0, atol=1e-9, err_msg=name
            )
        stepper.step()
        step = run.train_step(x, targets)
        assert step.loss == pytest.approx(loss.item(), abs=1e-9)
        assert step.correct == int((logits.argmax(1).numpy() == targets).sum())
        losses.append(step.loss)
    tolerance = 1e-10 if optimizer == "sgd" else 1e-6  # Adam divides gradients of 1e-12 by their own size
    for name, array in numpy_state(theirs).items():
        np.testing.assert_allclose(ours.state_dict()[name], array, rtol=0, atol=tolerance, err_msg=name)
        assert not np.array_equal(start[name], ours.state_dict()[name]), name
    assert len(set(losses)) == 5


def test_default_initialisation_has_torchs_bounds_and_spread():
    torch.manual_seed(0)
    for mine, theirs in [
        (hg.Linear(300, 400), torch.nn.Linear(300, 400)),
        (hg.Conv2d(20, 50, 5), torch.nn.Conv2d(20, 50, 5)),
        (hg.Conv2d(20, 50, (3, 5), groups=5), torch.nn.Conv2d(20, 50, (3, 5), groups=5)),
    ]:
        for name, parameter in theirs.named_parameters():
            expected, found = parameter.detach().numpy(), mine.parameters()[name].value
            size = expected.size
            assert abs(found).max() == pytest.approx(abs(expected).max(), rel=0.1 if size < 100 else 0.01)
            assert found.std() == pytest.approx(expected.std(), rel=0.25 if size < 100 else 0.1)
            assert abs(found.mean()) < 6 * expected.std() / np.sqrt(size)
