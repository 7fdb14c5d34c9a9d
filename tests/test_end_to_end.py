"""The main job, end to end: LeNet learns real handwritten digits; and the public interface on one screen."""

import os
from pathlib import Path

import pytest

import handgrad as hg
from handgrad.data import Splits
from handgrad.recipes import begin, find_recipe, override
from tests.real_mnist import folder_or_skip

# Chosen on validation images. At the recipe's own rate, batch size and schedule, made for 10,000 steps, so
# short a training ends near 91%; small batches and a rate that falls to nothing make the most of one epoch.
SHORT = ["train.batch_size=16", "optimizer.lr=0.02", "schedule.type=CosineAnnealingLR", "train.every=10000"]


def lenet_learns(splits: Splits, runs: Path, *settings: str) -> float:
    """The test accuracy of the recipe ``lenet``, trained with the reference engine."""
    recipe = override(find_recipe("lenet"), [*SHORT, *settings])
    running = begin(recipe, splits, runs, engine="reference", threads=1)
    for record in running.train():
        print(record)
    result = running.finish()
    assert result["parameters"] == 431_080
    return float(result["test_accuracy"])


def test_lenet_reads_the_embedded_digits_after_three_epochs(tmp_path: Path) -> None:
    assert lenet_learns(hg.load_digits(), tmp_path, "train.epochs=3") > 0.9  # 94 to 96% in validation


@pytest.mark.mnist
def test_lenet_passes_95_percent_after_one_epoch_of_10000_images(tmp_path: Path) -> None:
    splits = hg.load_mnist(folder_or_skip())
    # in validation 95.9 to 96.3% over five seeds
    assert lenet_learns(splits, tmp_path, "data.train_images=10000", "train.epochs=1") > 0.95


def limited(splits: Splits) -> Splits:
    """So few images that an epoch takes a moment."""
    return splits.limit(train=320, validation=100, test=100)


def test_the_interface_on_one_screen_runs_as_it_stands(tmp_path, monkeypatch, capsys) -> None:
    one_screen(limited(hg.load_digits()), tmp_path, monkeypatch, capsys)


@pytest.mark.mnist
def test_the_interface_on_one_screen_on_mnist_itself(tmp_path, monkeypatch, capsys) -> None:
    one_screen(limited(hg.load_mnist(folder_or_skip())), tmp_path, monkeypatch, capsys)


def one_screen(splits: Splits, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(hg, "load_mnist", lambda: splits)
    monkeypatch.chdir(tmp_path)

    data = hg.load_mnist()
    net = hg.Sequential(
        [
            *(hg.Conv2d(1, 20, 5), hg.MaxPool2d(2), hg.Conv2d(20, 50, 5), hg.MaxPool2d(2)),
            *(hg.Flatten(), hg.Linear(800, 500), hg.ReLU(), hg.Linear(500, 10)),
        ],
        seed=0,
    )
    print(net.summary((1, 28, 28)))
    run = hg.compile(
        net,
        loss=hg.CrossEntropyLoss(),
        optimizer=hg.SGD(lr=0.01, momentum=0.9),
        engine="reference",
        threads=2,  # as a user writes it
    )
    x, targets = hg.batch(data.train, range(64))
    assert (x.shape, x.dtype, targets.shape, targets.dtype.kind) == ((64, 1, 28, 28), "float32", (64,), "i")
    assert (x.min(), x.max()) == (0, 1)
    step = run.train_step(x, targets)
    assert isinstance(step.loss, float)
    assert isinstance(step.correct, int)
    logits = run.predict(x)
    assert logits.shape == (64, 10)
    records = []
    for record in hg.fit(
        run,
        data.train,
        validation=data.validation,
        watch={"test": data.test},
        every=200,
        epochs=1,
        batch_size=64,
        seed=0,
    ):
        print(record)
        records.append(record)
    assert [record.step for record in records] == [5]
    assert records[0].watch.keys() == {"test"}
    y, cache = hg.ops.conv2d_forward(x, net[0].weight.value, net[0].bias.value, stride=1, padding=0)
    dx, dweight, dbias = hg.ops.conv2d_backward(y, cache)
    assert (dx.shape, dweight.shape, dbias.shape) == (x.shape, (20, 1, 5, 5), (20,))
    net.save("net.safetensors")
    net.load("net.safetensors")
    state = net.state_dict()
    net.load_state_dict(state)
    assert list(state) == [f"{layer}.{name}" for layer in (0, 2, 5, 7) for name in ("weight", "bias")]
    gradients = run.gradients(x, targets)
    assert gradients.keys() == state.keys()
    images, labels = data.train.images[:3, :20, :24], [0, 2, 1]
    own = hg.Dataset(images, labels)
    assert (own.input_shape, own.classes) == ((1, 20, 24), 3)

    recipe = override(find_recipe("lenet"), ["train.steps=1", "data.std=0.5"])
    running = begin(recipe, splits, Path("runs"), engine="reference", threads=1)
    list(running.train())
    trained = hg.load(os.path.join("runs", running.folder.path.name))
    assert trained.recipe.name == "lenet"
    assert trained.normalisation == hg.Normalisation(std=0.5)
    assert (trained.network[0].weight.value == running.training.run.network[0].weight.value).all()

    shown = capsys.readouterr().out
    assert "431,080" in shown
    assert "images/s  validation" in shown


@pytest.mark.mnist
def test_mnist_has_the_sizes_that_the_interface_states() -> None:
    data = hg.load_mnist(folder_or_skip())
    for part, count in ((data.train, 50_000), (data.validation, 10_000), (data.test, 10_000)):
        assert (part.images.shape, part.images.dtype) == ((count, 28, 28), "uint8")
        assert len(part.labels) == count
