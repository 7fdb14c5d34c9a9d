"""``handgrad export`` and ``handgrad import``: what goes out computes the same, and comes back the same."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from handgrad.data import load_digits
from handgrad.recipes import load
from tests.cli.commands import handgrad


def test_what_is_exported_has_the_weights_of_the_run(trained: Path) -> None:
    state = load(trained).network.state_dict()
    for ending in ("safetensors", "npz"):
        answer = handgrad("export", trained, "--to", ending, "--json").json
        assert answer == {
            "run": str(trained),
            "to": ending,
            "file": f"convnet.{ending}",
            "bytes": Path(f"convnet.{ending}").stat().st_size,
        }
    for found in (load_file("convnet.safetensors"), dict(np.load("convnet.npz"))):
        assert found.keys() == state.keys()
        assert all((found[name] == state[name]).all() for name in state)


@pytest.mark.parametrize("ending", ["safetensors", "npz"])
def test_back_again_it_predicts_the_same(trained: Path, ending: str) -> None:
    images = load_digits().test.images
    weights = f"weights.{ending}"
    handgrad("export", trained, "--to", ending, "--output", weights)
    recipe = trained / "recipe.toml"
    answer = handgrad("import", weights, "--recipe", recipe, "--json").json
    assert answer["recipe"] == "convnet"
    assert (load(answer["run"]).predict(images) == load(trained).predict(images)).all()
    found = handgrad("evaluate", answer["run"], "--data", "digits", "--json").json
    assert found["accuracy"] == handgrad("evaluate", trained, "--json").json["accuracy"]
    assert "matched by name" in handgrad("import", weights, "--recipe", "convnet").out


def test_the_names_of_a_pytorch_module_with_attributes(trained: Path) -> None:
    from safetensors.numpy import save_file

    names = {"0": "conv1", "3": "conv2", "7": "fc1", "9": "fc2", "11": "fc3"}
    state = load(trained).network.state_dict()
    renamed = {names[key.split(".")[0]] + "." + key.split(".")[1]: array for key, array in state.items()}
    save_file(renamed, "pytorch.safetensors")
    run = handgrad("import", "pytorch.safetensors", "--recipe", "convnet", "--json").json["run"]
    imported = load(run).network.state_dict()
    assert all((imported[name] == state[name]).all() for name in state)


def test_onnx_computes_what_the_run_predicts(trained: Path) -> None:
    onnx = pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    assert handgrad("export", trained, "--to", "onnx", "--output", "digits.onnx").code == 0
    onnx.checker.check_model("digits.onnx", full_check=True)
    session = runtime.InferenceSession("digits.onnx", providers=["CPUExecutionProvider"])
    pixels = load_digits().test.images[:, None]
    (given,) = session.get_inputs()
    kind = {"tensor(uint8)": np.uint8, "tensor(float)": np.float32}[given.type]
    (found,) = session.run(None, {given.name: pixels.astype(kind)})
    np.testing.assert_allclose(found, load(trained).predict(pixels), rtol=1e-5, atol=1e-5)
