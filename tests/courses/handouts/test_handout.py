"""The five handouts: complete, alike the adapters, runnable with NumPy alone, and right once written."""

import importlib
import inspect
import json
import py_compile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from handgrad.checks import check_path
from handgrad.courses import course_names, find_course
from handgrad.courses.handouts.handout import module_name
from handgrad.errors import DataError
from tests.courses.handouts.alone import alone, imported, script
from tests.courses.solutions import filled

OPEN = {
    "hw5": [
        "nn_layers:nn_convolutional_layer.update_weights",
        "nn_layers:nn_convolutional_layer.forward",
        "nn_layers:nn_convolutional_layer.backprop",
        "nn_layers:nn_max_pooling_layer.forward",
        "nn_layers:nn_max_pooling_layer.backprop",
        "nn_layers:nn_activation_layer.forward",
        "nn_layers:nn_activation_layer.backprop",
        "nn_layers:nn_fc_layer.update_weights",
        "nn_layers:nn_fc_layer.forward",
        "nn_layers:nn_fc_layer.backprop",
        "nn_layers:nn_softmax_layer.forward",
        "nn_layers:nn_softmax_layer.backprop",
        "nn_layers:nn_cross_entropy_layer.forward",
        "nn_layers:nn_cross_entropy_layer.backprop",
        "hw5:nn_mnist_classifier.forward",
        "hw5:nn_mnist_classifier.backprop",
        "hw5:nn_mnist_classifier.update_weights",
    ],
    "project3": [f"Project3:MLP.{name}" for name in ("__init__", "forward", "update_grad", "update_params")],
    "cmu10601": [
        f"cnn_lenet:{name}"
        for name in (
            "pooling_layer_forward",
            "pooling_layer_backward",
            "relu_forward",
            "relu_backward",
            "inner_product_forward",
            "inner_product_backward",
            "sgd_momentum",
        )
    ],
    "thu": [
        f"functions:{name}"
        for name in ("conv2d_forward", "conv2d_backward", "avgpool2d_forward", "avgpool2d_backward")
    ],
    "cs5242": [
        *(
            f"layers:{kind}.{way}"
            for kind in ("Convolution", "FCLayer", "Pooling", "Dropout")
            for way in ("forward", "backward")
        ),
        "loss:SoftmaxCrossEntropy.forward",
        "loss:SoftmaxCrossEntropy.backward",
        "optimizers:SGD.update",
        "optimizers:Adam.update",
    ],
}
SHARED = "begin"  # how the adapter of cs5242 shares the beginning of two layers
SAYS = {  # what each script says of the test images
    "hw5": "total accuracy: ",
    "project3": "test accuracy: ",
    "cmu10601": "test accuracy: ",
    "thu": "total acc ",
    "cs5242": "Test accuracy=",
}

each = pytest.mark.parametrize("name", course_names())


def handout_of(name: str) -> Any:
    return importlib.import_module(f"handgrad.courses.{name}.handout").HANDOUT


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The handouts as they are handed out, with small data."""
    splits, found = hg.load_digits(), {}
    for name in course_names():
        found[name] = tmp_path_factory.mktemp(name)
        find_course(name).handout(found[name])
        find_course(name).write_data(splits, found[name])
    return found


@each
def test_what_is_open(name: str) -> None:
    assert list(find_course(name).open_functions()) == OPEN[name]


@each
def test_every_file_is_python_and_none_imports_handgrad(name: str, folders: dict[str, Path]) -> None:
    files = sorted(folders[name].rglob("*.py"))
    assert {path.stem for path in files} > set(find_course(name).modules) - {"utils"}
    for path in files:
        py_compile.compile(str(path), cfile=str(path.with_suffix(".pyc")), doraise=True)
        path.with_suffix(".pyc").unlink()
        text = path.read_text("utf-8")
        assert "import handgrad" not in text
        assert "from handgrad" not in text
        assert "@open" not in text
        assert "@given" not in text
        assert max(map(len, text.splitlines())) <= 125


@each
def test_it_is_imported_with_numpy_alone(name: str, folders: dict[str, Path]) -> None:
    modules = find_course(name).modules
    done = alone(folders[name], f"import {', '.join(modules)}\nprint('handgrad' in sys.modules)")
    assert (done.stdout, done.stderr) == ("False\n", "")
    assert "No module named 'handgrad'" in alone(folders[name], "import handgrad").stderr


def signatures(module: ModuleType, place: str) -> dict[str, str]:
    """Every public function and method as it is called; defaults that are objects by their class."""
    found = {}
    for name, thing in vars(module).items():
        if name.startswith("_") or not str(getattr(thing, "__module__", "")).startswith(place):
            continue
        if inspect.isfunction(thing):
            found[name] = shown(thing)
        elif inspect.isclass(thing):
            for member in dir(thing):
                function = inspect.getattr_static(thing, member)
                if inspect.isfunction(function) and (not member.startswith("_") or member == "__init__"):
                    found[f"{name}.{member}"] = shown(function)
    return found


def shown(function: Any) -> str:
    parts = []
    for parameter in inspect.signature(function).parameters.values():
        default = parameter.default
        plain = isinstance(default, int | float | str | type(None) | Path)
        text = "" if default is parameter.empty else str(default) if plain else type(default).__name__
        parts.append(f"{parameter.kind.name} {parameter.name} {text}")
    return ", ".join(parts)


@each
def test_every_public_signature_is_the_adapter_s(name: str, folders: dict[str, Path]) -> None:
    handout, compared = handout_of(name), 0
    files = [file for file in handout.templates if file not in handout.drivers]
    modules = imported(folders[name], *map(module_name, files))
    for file, module in zip(files, modules, strict=True):
        adapter = handout.adapter(file)
        expected = signatures(adapter, "handgrad.courses")
        public = getattr(adapter, "__all__", [entry.partition(".")[0] for entry in expected])
        found = signatures(module, "")
        for entry, signature in expected.items():
            owner, _, method = entry.partition(".")
            if owner in public and method != SHARED:
                assert found[entry] == signature, f"{file}: {entry}"
                compared += 1
    assert compared >= len(OPEN[name])


@each
def test_the_docstrings_of_what_is_open_are_the_adapter_s(name: str, folders: dict[str, Path]) -> None:
    handout = handout_of(name)
    for entry in OPEN[name]:
        module, function = entry.split(":")
        texts = []
        for space in (handout.adapter(f"{module}.py"), *imported(folders[name], module)):
            thing = space
            for part in function.split("."):
                thing = getattr(thing, part)
            texts.append(inspect.cleandoc(thing.__doc__ or ""))
        assert texts[0].splitlines()[:1] == texts[1].splitlines()[:1], entry
        assert "Raises:" not in texts[1]


@each
def test_the_script_runs_from_the_first_minute(name: str, folders: dict[str, Path]) -> None:
    driver = next(iter(handout_of(name).drivers))
    done = script(folders[name], driver, "--quick")
    assert (done.returncode, done.stderr) == (0, "")
    assert SAYS[name] in done.stdout
    assert "nan" not in done.stdout


@each
def test_every_open_function_is_told_as_open(name: str, folders: dict[str, Path]) -> None:
    done = script(folders[name], "check_mine.py")
    assert (done.returncode, done.stderr) == (1, "")
    *lines, empty, last = done.stdout.splitlines()
    assert [line.split(maxsplit=1) for line in lines] == [
        [entry, "open: not written yet"] for entry in OPEN[name]
    ]
    assert (empty, last) == ("", f"0 of {len(lines)} right, {len(lines)} open, 0 wrong.")


@each
def test_what_is_open_returns_zeros_of_the_right_shape(name: str, folders: dict[str, Path]) -> None:
    """Compared with what the public checks store; an update that changes nothing counts as zeros."""
    text = (
        "import importlib, json, numpy as np, check_mine\n"
        "with open('check_mine.json') as stream: checks = json.load(stream)\n"
        "for name, cases in checks.items():\n"
        "    for case in cases:\n"
        "        found = check_mine.CALLS[name](check_mine.Modules(), **check_mine.arrays(case['given']))\n"
        "        for key, expected in case['expected'].items():\n"
        "            print(np.shape(found[key]) == np.shape(expected) and not np.any(found[key]))\n"
    )
    done = alone(folders[name], text)
    assert done.stderr == ""
    assert set(done.stdout.split()) == {"True"}


@each
def test_a_right_solution_is_right(name: str, tmp_path: Path) -> None:
    filled(name, tmp_path)
    done = script(tmp_path, "check_mine.py")
    count = len(OPEN[name])
    assert done.stdout.splitlines()[-1] == f"{count} of {count} right, 0 open, 0 wrong."
    assert (done.returncode, done.stderr) == (0, "")


@each
def test_with_a_right_solution_all_that_is_given_is_right_too(name: str, tmp_path: Path) -> None:
    filled(name, tmp_path)
    found = check_path(str(tmp_path), name)
    assert found.ok, str(found)
    assert str(found).count("right in") >= len({entry.rpartition(".")[0] for entry in OPEN[name]})


@each
def test_with_a_right_solution_the_script_comes_elsewhere(
    name: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    filled(name, tmp_path)
    find_course(name).write_data(hg.load_digits().limit(train=700, validation=200, test=100), tmp_path)
    driver = next(iter(handout_of(name).drivers))
    texts = []
    for folder in (folders[name], tmp_path):
        done = script(folder, driver, "--quick")
        assert (done.returncode, done.stderr) == (0, "")
        texts.append(done.stdout)
    assert texts[0] != texts[1]


@each
def test_a_file_of_another_content_is_left_alone(name: str, tmp_path: Path) -> None:
    written = find_course(name).handout(tmp_path)
    assert find_course(name).handout(tmp_path) == written
    begun = tmp_path / handout_of(name).files[0]
    begun.write_text("# begun\n")
    (tmp_path / "README.md").unlink()
    with pytest.raises(DataError) as error:
        find_course(name).handout(tmp_path)
    assert str(begun) in str(error.value)
    assert begun.read_text() == "# begun\n"
    assert not (tmp_path / "README.md").exists()


@each
def test_the_readme_names_what_there_is(name: str, folders: dict[str, Path]) -> None:
    text = (folders[name] / "README.md").read_text()
    for entry in OPEN[name]:
        assert f"`{entry.split(':')[1].rpartition('.')[2]}`" in text
    for driver in handout_of(name).drivers:
        assert (folders[name] / driver).is_file()
        assert f"python {driver} --quick" in text
    assert "@" not in text.replace("@@", "@")


@each
def test_the_stored_numbers_are_few_and_not_all_zero(name: str, folders: dict[str, Path]) -> None:
    file = folders[name] / "check_mine.json"
    assert file.stat().st_size < 50_000
    for cases in json.loads(file.read_text()).values():
        for case in cases:
            assert any(np.any(value) for value in case["expected"].values())
