import json
import subprocess
import sys

import numpy as np
import pytest

from handgrad import CrossEntropyLoss, __version__, compile
from handgrad.data import Normalisation
from handgrad.errors import ArgumentError, HandgradError, RunError, ShapeError
from handgrad.exchange import export_onnx
from handgrad.nn import Flatten, Layer, Linear, PReLU, Sequential
from handgrad.optim import SGD
from tests.exchange.networks import HEIGHT, LAYERS, WIDTH, byte_images, network

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

NORMALISATIONS = {
    1: Normalisation(mean=(0.1307,), std=(0.3081,)),
    3: Normalisation(mean=(0.49, 0.48, 0.45), std=(0.25, 0.24, 0.26)),
}


def export(net, path, channels, **changes):
    arguments = {
        "input_shape": (channels, HEIGHT, WIDTH),
        "normalisation": NORMALISATIONS[channels],
    } | changes
    export_onnx(net, path, **arguments)


def run_onnx(path, images):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"images": images.astype(np.float32)})[0]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", LAYERS)
def test_onnxruntime_agrees(tmp_path, name, channels):
    net, path = network(name, channels), tmp_path / "net.onnx"
    export(net, path, channels)
    onnx.checker.check_model(str(path), full_check=True)
    for count in (1, 7):
        images = byte_images(count, channels)
        expected = net.forward(NORMALISATIONS[channels].apply(images))[0]
        np.testing.assert_allclose(run_onnx(path, images), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "normalisation",
    [
        Normalisation(),
        Normalisation(mean=0.5),
        Normalisation(std=(0.5, 2.0, 1.0)),
        Normalisation(mean=(0.0, 0.3, 0.0), std=0.4),
    ],
)
def test_every_normalisation(tmp_path, normalisation):
    net, images = network("conv", 3), byte_images(7, 3)
    export(net, tmp_path / "net.onnx", 3, normalisation=normalisation)
    scaled = images / 255.0
    mean, std = (
        np.broadcast_to(part, 3).reshape(3, 1, 1) for part in (normalisation.mean, normalisation.std)
    )
    run = compile(net, loss=CrossEntropyLoss(), optimizer=SGD(lr=0.1), engine="reference")
    expected = run.predict(((scaled - mean) / std).astype(np.float32))
    np.testing.assert_allclose(run_onnx(tmp_path / "net.onnx", images), expected, rtol=1e-5, atol=1e-5)


def test_a_float64_network(tmp_path):
    net, images = network("batch norm", 3, np.float64), byte_images(7, 3)
    export(net, tmp_path / "net.onnx", 3)
    expected = net.forward(NORMALISATIONS[3].apply(images))[0]
    np.testing.assert_allclose(run_onnx(tmp_path / "net.onnx", images), expected, rtol=1e-5, atol=1e-5)


def test_sizes_left_open_are_taken_from_the_input_shape(tmp_path):
    net = Sequential([Flatten(), Linear(None, 2)])
    export(net, tmp_path / "net.onnx", 1)
    assert net[1].in_features == HEIGHT * WIDTH


def test_what_the_file_says_of_itself(tmp_path):
    export(network("nested", 3), tmp_path / "net.onnx", 3, classes=["a", "b", "ç", "d"])
    model = onnx.load(tmp_path / "net.onnx")
    assert model.ir_version == 10
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 18)]
    assert (model.producer_name, model.producer_version) == ("handgrad", __version__)
    assert [describe(value) for value in model.graph.input] == [("images", 1, ["N", 3, HEIGHT, WIDTH])]
    assert [describe(value) for value in model.graph.output] == [("logits", 1, ["N", 4])]
    assert "from 0 to 255" in model.doc_string
    facts = {prop.key: prop.value for prop in model.metadata_props}
    assert set(facts) == {"pixels", "normalisation", "layers", "classes"}
    assert "do not normalise before" in facts["pixels"]
    assert Normalisation.from_dict(json.loads(facts["normalisation"])) == NORMALISATIONS[3]
    assert json.loads(facts["classes"]) == ["a", "b", "ç", "d"]
    assert {tensor.name for tensor in model.graph.initializer} >= {"0.0.weight", "0.1.1.weight", "2.1.bias"}


def describe(value):
    kind = value.type.tensor_type
    return value.name, kind.elem_type, [dim.dim_param or dim.dim_value for dim in kind.shape.dim]


def test_one_network_one_file(tmp_path):
    for name in "ab":
        export(network("nested", 1), tmp_path / name, 1, classes=list("wxyz"))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_network_is_left_as_it_was(tmp_path):
    net = network("batch norm", 1)
    before = net.state_dict()
    export(net, tmp_path / "net.onnx", 1)
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


class Doubled(Layer):
    def forward(self, x, *, training=False, rng=None):
        return 2 * x, None


@pytest.mark.parametrize(
    ("layers", "changes", "kind", "message"),
    [
        ([Flatten(), Doubled()], {}, ArgumentError, r"layer 1, Doubled\(\).*or export safetensors"),
        ([Flatten()], {"input_shape": (72,)}, ShapeError, r"input_shape \(C, H, W\), in pixels, got \(72,\)"),
        ([Flatten()], {"input_shape": (1, 0, 9)}, ShapeError, r"got \(1, 0, 9\)"),
        ([Flatten(), Linear(70, 2)], {}, ShapeError, r"layer 1, Linear\(70, 2\)"),
        ([PReLU(3)], {}, ShapeError, r"layer 0, PReLU\(num_parameters=3\)"),
        ([Flatten()], {"normalisation": NORMALISATIONS[3]}, ShapeError, "images of 3 channels"),
        (
            [Flatten(), Linear(72, 2)],
            {"classes": ["one"]},
            ArgumentError,
            "2 outputs, got 1 classes",
        ),
    ],
)
def test_what_cannot_be_exported(tmp_path, layers, changes, kind, message):
    with pytest.raises(kind, match=message):
        export(Sequential(layers), tmp_path / "net.onnx", 1, **changes)
    assert not any(tmp_path.iterdir())


def test_an_unwritable_path(tmp_path):
    with pytest.raises(RunError, match="No such file"):
        export(network("softmax", 1), tmp_path / "missing" / "net.onnx", 1)


def test_a_model_that_the_checker_refuses_is_not_written(tmp_path, monkeypatch):
    def refuse(model, full_check):
        raise onnx.checker.ValidationError("refused")

    monkeypatch.setattr(onnx.checker, "check_model", refuse)
    (tmp_path / "net.onnx").write_bytes(b"old")
    with pytest.raises(onnx.checker.ValidationError):
        export(network("softmax", 1), tmp_path / "net.onnx", 1)
    assert (tmp_path / "net.onnx").read_bytes() == b"old"


def test_without_onnx(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(HandgradError, match=r"pip install 'handgrad\[onnx\]'"):
        export(network("softmax", 1), tmp_path / "net.onnx", 1)
    assert not any(tmp_path.iterdir())


def test_onnx_is_imported_only_when_it_is_used():
    code = "import sys, handgrad.exchange; print([name for name in sys.modules if name.startswith('onnx')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
