"""Every mistake at the command line: one sentence on standard error, a code that is not 0, no traceback."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tests.cli.commands import ON_DIGITS, handgrad

OURS = ["train", "mlp", *ON_DIGITS, "--steps", "1"]
IMAGES = "train-images-idx3-ubyte"


def refused(*arguments: object) -> str:
    answer = handgrad(*arguments)
    assert answer.code not in (0, None), answer.out
    assert answer.err.startswith("handgrad: ")
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err + answer.out
    return answer.err


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("trian.seed=3", "did you mean train.seed"),
        ("train.sed=3", "did you mean 'seed'"),
        ("data.nam=digits", "did you mean 'name'"),
        ("network.layer=[]", "did you mean 'layers'"),
        ("optimizer.momentm=0.9", "did you mean 'momentum'"),
        ("optimizer.type=Adm", "did you mean Adam"),
        ("loss.type=CrossEntropy", "did you mean CrossEntropyLoss"),
        ("schedule.type=StepLr", "did you mean StepLR"),
        ("schedule.type=StepLR", "step_size"),
        ("lr=3", "did you mean optimizer.lr"),
        ("seed=3", "did you mean train.seed"),
        ("train=3", "train.something=value"),
        ("a.b.c=3", "section.key=value"),
        ("train.seed", "section.key=value"),
        ("name=a/b", "letters"),
        ("optimizer.lr=abc", "'abc'"),
        ("optimizer.lr=nan", "nan"),
        ("optimizer.lr=-1", "-1"),
        ("train.seed=-1", "-1"),
        ("train.batch_size=0", "batch_size"),
        ("train.batch_size=2.5", "a whole number, got 2.5"),
        ("train.checkpoint_every=0", "above 0"),
        ("train.keep_best=1", "true or false"),
        ("data.name=5", "a text in quotes, got 5"),
        ("data.train_images=0", "at least 1 image"),
        ("data.std=0", "other than 0"),
        ("network.input_shape=5", "a list of whole numbers"),
        ("network.input_shape=[28,28]", "got [28, 28]"),
        ("network.input_shape=[1,8,8]", "layer 1, Linear(784, 64): expected x of shape (N, 784)"),
        ("network.layers=[]", "at least one layer"),
        ('network.layers=["Flaten()"]', "did you mean Flatten"),
        ('network.layers=["Flatten()","Linear(784,2)"]', "at least 10 outputs"),
        ('network.layers=["ReLU()"]', "1 x 28 x 28"),
        ("network.layers=[\"__import__('os')\"]", "__import__"),
        ("network.weight_init=Normal(std='a')", "numbers"),
        ("clip.type=ClipGradNorm", "max_norm"),
        ("augment.type=RandomAfine", "did you mean RandomAffine"),
    ],
)
def test_a_setting_that_makes_no_sense(setting: str, says: str) -> None:
    assert says in refused(*OURS, "--set", setting)
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train"], "neither"),
        (["train", "lenet", "--resume", "x"], "both"),
        (["train", "lenett"], "did you mean lenet"),
        (["train", "none.toml"], "handgrad recipes"),
        ([*OURS, "--epochs", 1], "either epochs or steps"),
        ([*OURS, "--engine", "warp"], "'warp'"),
        ([*OURS, "--threads", 0], "threads"),
        (["train", "mlp", "--data", "none"], "none"),
        (["train", "mlp", "--data", "digit"], "did you mean digits"),
        (["train", "mlp", "--data", "mnist"], "mirror"),
        (["train", "mlp", "--data-dir", "none"], "none (--data-dir)"),
        (["train", "--resume", "none"], "run folder"),
        (["evaluate", "none"], "run folder"),
        (["predict", "none", "a.png"], "run folder"),
        (["export", "none", "--to", "npz"], "run folder"),
        (["import", "none", "--recipe", "mlp"], "no such file"),
        (["recipes", "lent"], "did you mean lenet"),
        (["summary", "lent"], "did you mean lenet"),
        (["summary", "mlp", "--set", "network.input_shape=[28,28]"], "[channels, height, width]"),
        (["data", "verify", "none"], "nothing there"),
        (["data", "convert", "none", "x", "--to", "npz"], "nothing there"),
        (["data", "fetch", "mnst"], 'Did you mean "mnist"?'),
        (["data", "fetch"], "mirror"),
    ],
)
def test_something_that_is_not_there(arguments: list[object], says: str) -> None:
    assert says in refused(*arguments)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "TOML"),
        ("[train]", "a name"),
        ('name = "x"', "at least one layer"),
        ('name = "x"\n[netwrok]', "did you mean 'network'"),
        ('name = "x"\ntrain = 3', "a table"),
        ("name = 3", "a text in quotes"),
        ("\0", "TOML"),
    ],
)
def test_a_recipe_file_that_is_none(text: str, says: str) -> None:
    Path("mine.toml").write_text(text)
    assert says in refused("train", "mine.toml", *ON_DIGITS)


def test_a_recipe_file_that_is_not_even_text() -> None:
    Path("mine.toml").write_bytes(b"\xff\xfe")
    assert "readable text" in refused("train", "mine.toml")


def damaged_magic(path: Path) -> None:
    path.write_bytes(b"\0\0\x0b\x03" + path.read_bytes()[4:])


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [damaged_magic, truncated, emptied, Path.unlink])
def test_damaged_data_is_refused_wherever_it_was_found(harm: Callable[[Path], None], monkeypatch) -> None:
    save_images(Path("data"), 28)
    assert handgrad("data", "convert", "data", "idx", "--to", "idx", "--no-verify").code == 0
    harm(Path("idx") / IMAGES)
    monkeypatch.setenv("HANDGRAD_DATA", "idx")
    assert "idx" in refused("train", "mlp", "--no-verify")
    assert "idx" in refused("train", "mlp", "--data", "idx", "--no-verify")


def save_images(folder: Path, side: int, classes: int = 10) -> None:
    """A folder of one's own in the .npy form."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for split, count in (("train", 40), ("val", 10), ("test", 10)):
        labels = np.arange(count) % classes
        np.save(folder / f"{split}_images.npy", rng.integers(0, 256, (count, side, side)).astype(np.uint8))
        np.save(folder / f"{split}_labels.npy", labels)


def test_data_of_ones_own() -> None:
    save_images(Path("mine"), 28)
    assert "--no-verify" in refused("train", "mlp", "--data", "mine")
    save_images(Path("small"), 8)
    assert "[1, 8, 8], the shape of the images of small" in refused(
        "train", "mlp", "--data", "small", "--no-verify"
    )
    save_images(Path("many"), 28, classes=11)
    assert "at least 11 outputs" in refused("train", "mlp", "--data", "many", "--no-verify")
    assert not Path("runs").exists()


def test_places_that_cannot_be_written(trained: Path) -> None:
    Path("file").write_text("here before")
    assert "file/mlp-" in refused(*OURS, "--runs", "file")
    weights = trained / "model.safetensors"
    assert "file/convnet-" in refused("import", weights, "--recipe", "convnet", "--runs", "file")
    assert "file/x.npz" in refused("export", trained, "--to", "npz", "--output", "file/x.npz")
    assert "none/x.onnx" in refused("export", trained, "--to", "onnx", "--output", "none/x.onnx")
    assert "file" in refused("data", "fetch", "--data-dir", "file")
    assert Path("file").read_text() == "here before"


def test_run_folders_that_cannot_be_used(trained: Path) -> None:
    for name in ("newer", "damaged", "empty", "facts"):
        shutil.copytree(trained, name)
    facts = json.loads((trained / "run.json").read_text())
    Path("newer/run.json").write_text(json.dumps({**facts, "format": 9}))
    truncated(Path("damaged/model.safetensors"))
    Path("empty/model.safetensors").unlink()
    Path("facts/run.json").write_text("{")
    for command in (["evaluate"], ["predict"], ["export", "--to", "onnx"]):
        verb, *options = command
        tail = ["a.png", *options] if verb == "predict" else options
        assert "newer handgrad" in refused(verb, "newer", *tail)
        assert "damaged" in refused(verb, "damaged", *tail)
        assert "--resume empty" in refused(verb, "empty", *tail)
        assert "JSON" in refused(verb, "facts", *tail)
    assert "newer handgrad" in refused("train", "--resume", "newer")
    truncated(Path("damaged/checkpoint/state.safetensors"))
    Path("damaged/result.json").unlink()
    assert "state.safetensors" in refused("train", "--resume", "damaged")


def test_weights_that_do_not_belong(trained: Path) -> None:
    state = load_file(trained / "model.safetensors")
    first, *_ = sorted(state)
    wrong = {
        "missing": {name: array for name, array in state.items() if name != first},
        "extra": {**state, "99.weight": state[first]},
        "misshapen": {**state, first: state[first][:-1].copy()},
    }
    for name, tensors in wrong.items():
        save_file(tensors, f"{name}.safetensors")
        sentence = refused("import", f"{name}.safetensors", "--recipe", "convnet")
        assert ("99.weight" if name == "extra" else first) in sentence
    assert not Path("runs").exists()


def test_a_loss_that_is_no_number_any_more(nowhere: Path) -> None:
    sentence = refused(
        "train", "lenet", *ON_DIGITS, "--lr", 1e6, "--quiet", "--set", "train.checkpoint_every=1"
    )
    assert "layer 2, Conv2d(20, 50, 5)" in sentence
    (run,) = (nowhere / "runs").iterdir()
    assert f"kept in runs/{run.name}" in sentence
    assert handgrad("evaluate", run).code == 0
    assert all(np.isfinite(array).all() for array in load_file(run / "checkpoint/state.safetensors").values())


def test_a_wrong_picture(trained: Path) -> None:
    Path("text.png").write_text("no picture")
    assert "none.png" in refused("predict", trained, "none.png")
    assert "text.png" in refused("predict", trained, "text.png")
    assert "at least one picture" in refused("predict", trained)
    assert "directory" in refused("predict", trained, ".")
