"""What `import handgrad as hg` gives, pinned: a name that comes, goes or changes is a decision."""

import doctest
import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import handgrad as hg
from handgrad import data, engine, loss, nn, optim, train

PUBLIC = {
    "layers": [
        "AvgPool2d", "BatchNorm1d", "BatchNorm2d", "Buffer", "Conv2d", "Dropout", "ELU", "Flatten", "Layer",
        "LeakyReLU", "Linear", "MaxPool2d", "PReLU", "Parameter", "ReLU", "Sequential", "Sigmoid", "Softmax",
        "Tanh",
    ],
    "initialisers": [
        "Constant", "InputMapUniform", "KaimingNormal", "KaimingUniform", "Normal", "Uniform", "XavierNormal",
        "XavierUniform",
    ],
    "losses": ["CrossEntropyLoss", "EuclideanLoss", "MSELoss", "ProbabilityCrossEntropyLoss"],
    "optimizers": ["Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "SGD"],
    "schedules": [
        "ConstantLR", "CosineAnnealingLR", "ExponentialLR", "InverseDecayLR", "LambdaLR", "OneCycleLR",
        "StepLR",
    ],
    "around a step": ["ClipGradNorm", "ClipGradValue", "ExponentialMovingAverage", "StochasticWeightAverage"],
    "data": [
        "Compose", "Dataset", "ElasticTransform", "Normalisation", "RandomAffine", "Splits", "batch",
        "load_data", "load_digits", "load_fashion_mnist", "load_folder", "load_mnist",
    ],
    "training": ["Evaluation", "Record", "compile", "evaluate", "fit", "load"],
    "checking": ["check"],
    "rooms": ["errors", "metrics", "ops"],
}  # fmt: skip
NAMES = [name for names in PUBLIC.values() for name in names]

HEAVY = [
    "torch",
    "matplotlib",
    "sklearn",
    "scipy.stats",
    "numba",
    "PIL",
    "onnx",
    "rich",
    "cyclopts",
    "jinja2",
]


def test_the_names_are_those_and_no_others():
    assert sorted(hg.__all__) == sorted(NAMES)
    others = set(vars(hg)) - set(NAMES) - {name for name in vars(hg) if name.startswith("_")}
    assert all(isinstance(getattr(hg, name), ModuleType) for name in others), (
        others
    )  # rooms that were imported


@pytest.mark.parametrize("room", [data, engine, nn, optim, train, loss], ids=lambda room: room.__name__)
def test_a_room_shows_its_own_names_only(room):
    assert len(set(room.__all__)) == len(room.__all__)
    for name in set(room.__all__) - {"Augmentation", "Clipping", "ENGINES"}:  # of Python's own types
        assert getattr(room, name).__module__.startswith("handgrad.")


def test_every_layer_loss_optimizer_schedule_and_initialiser_is_exported():
    for room in (nn, loss, optim):
        for name in room.__all__:
            thing = getattr(room, name)
            hidden = (
                inspect.isfunction(thing)
                or inspect.isabstract(thing)
                or getattr(thing, "_is_protocol", False)
            )
            if not hidden and name not in (
                "Summary",
                "OptimizerState",
                "AverageState",
                "WeightAverage",
                "Clipping",
            ):
                assert name in NAMES or name == "Schedule", name


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PUBLIC["rooms"]])
def test_every_name_says_what_it_is_and_shows_an_example(name):
    text = inspect.getdoc(getattr(hg, name))
    assert text
    first = text.splitlines()[0]
    assert len(first) >= 12
    assert first.rstrip("\\").rstrip()[-1] in ".;:", first
    assert doctest.DocTestParser().get_examples(text)


@pytest.mark.parametrize("room", PUBLIC["rooms"])
def test_every_room_says_what_it_is(room):
    assert len(getattr(hg, room).__doc__) > 40


def test_importing_is_light():
    def loaded(text: str) -> list[str]:
        command = [sys.executable, "-c", f"import sys, handgrad as hg; {text}; print(*sys.modules)"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert "numpy" not in loaded("hg.__all__")
    everything = loaded("from handgrad import *")
    assert "numpy" in everything
    assert [name for name in HEAVY if name in everything] == []


def test_rooms_can_be_reached_without_an_import_of_their_own():
    names = ["data", "engine", "errors", "loss", "metrics", "nn", "ops", "optim", "recipes", "train"]
    rooms = ", ".join(f"hg.{name}" for name in names)
    text = f"import handgrad as hg; print({rooms})"
    subprocess.run([sys.executable, "-c", text], capture_output=True, check=True)
    with pytest.raises(AttributeError, match="Conv3d"):
        hg.Conv3d  # noqa: B018


def test_a_misspelt_name_is_answered_with_the_nearest():
    done = subprocess.run(
        [sys.executable, "-c", "import handgrad as hg; hg.Dropuot"], capture_output=True, text=True
    )
    assert done.stderr.rstrip().endswith("No handgrad attribute Dropuot. Did you mean: 'Dropout'?")


def test_the_interface_of_one_screen(tmp_path):
    """The lines that the README and the documents promise, on other data."""
    data = hg.load_digits()
    net = hg.Sequential(
        [hg.Conv2d(1, 20, 5), hg.MaxPool2d(2), hg.Conv2d(20, 50, 5), hg.MaxPool2d(2),
         hg.Flatten(), hg.Linear(800, 500), hg.ReLU(), hg.Linear(500, 10)], seed=0)  # fmt: skip
    assert "431,080" in str(net.summary((1, 28, 28)))
    run = hg.compile(
        net,
        loss=hg.CrossEntropyLoss(),
        optimizer=hg.SGD(lr=0.01, momentum=0.9),
        engine="reference",
        threads=2,
    )
    x, targets = hg.batch(data.train, range(8))
    assert (x.shape, targets.shape) == ((8, 1, 28, 28), (8,))
    step = run.train_step(x, targets)
    assert isinstance(step.loss, float)
    assert isinstance(step.correct, int)
    assert run.predict(x).shape == (8, 10)
    records = list(
        hg.fit(run, data.train.take(range(32)), validation=data.validation.take(range(20)),
               watch={"test": data.test.take(range(20))}, every=200, epochs=1, batch_size=16, seed=0)
    )  # fmt: skip
    assert [record.step for record in records] == [2]
    y, cache = hg.ops.conv2d_forward(x, net[0].weight.value, net[0].bias.value, stride=1, padding=0)
    dx, dweight, dbias = hg.ops.conv2d_backward(y, cache)
    assert (dx.shape, dweight.shape, dbias.shape) == (x.shape, (20, 1, 5, 5), (20,))
    net.save(tmp_path / "net.safetensors")
    net.load(tmp_path / "net.safetensors")
    state = net.state_dict()
    net.load_state_dict(state)
    assert list(state)[:2] == ["0.weight", "0.bias"]
    assert set(run.gradients(x, targets)) == set(state)
    own = hg.Dataset(data.train.images[:5], data.train.labels[:5])
    assert len(own) == 5
