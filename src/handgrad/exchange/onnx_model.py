"""A network as an ONNX model that takes pixels as they lie in image files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from handgrad._typing import Array, Shape
from handgrad._version import __version__
from handgrad.data import Normalisation
from handgrad.errors import ArgumentError, HandgradError, ShapeError
from handgrad.exchange.onnx_chain import Chain
from handgrad.exchange.onnx_layers import add_layers, refuse_own_layers
from handgrad.files import write_atomically
from handgrad.nn import Sequential

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET, IR_VERSION = 18, 10  # set by hand: what the onnx package would choose is refused by older runtimes
PIXELS = (
    "The input 'images' is float32 (N, C, H, W) with pixel values from 0 to 255, as they lie in image files. "
    "The normalisation (x / 255 - mean) / std is part of the graph: do not normalise before."
)


def export_onnx(
    network: Sequential,
    path: str | PathLike[str],
    *,
    input_shape: Shape,
    normalisation: Normalisation,
    classes: Sequence[str] | None = None,
) -> None:
    """Write a network, in evaluation mode, as an ONNX model.

    The model reads ``images``, float32 (N, C, H, W) with pixel values 0 to 255, and normalises them itself;
    N is free. It writes ``logits``, the output of the last layer, whatever that layer is. Opset 18, IR
    version 10; a float64 network becomes float32. The model has passed ONNX's full checker when it is
    written.

    Arguments:
        network: of the layers of `handgrad.nn`.
        path: of the file, in an existing folder; replaced atomically.
        input_shape: (C, H, W) of one image, in pixels; sizes that the network left open are taken from it.
        normalisation: that the network was trained with.
        classes: their names in the order of the outputs, kept in the model's metadata as JSON.

    Raises:
        HandgradError: onnx is not installed.
        ArgumentError: a layer that ONNX has no counterpart for; names that are not one for each output.
        ShapeError: an input shape that the network or the normalisation does not fit.
        RunError: the file cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from handgrad.nn import Flatten, Linear
        >>> network = Sequential([Flatten(), Linear(784, 10)])
        >>> with TemporaryDirectory() as folder:
        ...     export_onnx(network, Path(folder, "net.onnx"), input_shape=(1, 28, 28),
        ...                 normalisation=Normalisation(mean=0.1307, std=0.3081))
        ...     Path(folder, "net.onnx").stat().st_size > 4 * 7850
        True
    """
    try:
        import onnx
    except ImportError:
        raise HandgradError(
            "export_onnx",
            expected="the package onnx",
            got="none installed",
            hint="run pip install 'handgrad[onnx]'",
        ) from None
    model = build(network, tuple(input_shape), normalisation, classes)
    onnx.checker.check_model(model, full_check=True)
    write_atomically(Path(path), model.SerializeToString(deterministic=True))


def build(
    network: Sequential, input_shape: Shape, normalisation: Normalisation, classes: Sequence[str] | None
) -> ModelProto:
    """The model in memory; the arguments are those of `export_onnx`."""
    from onnx import TensorProto, helper

    refuse_own_layers(network)
    blank = blank_image(input_shape, normalisation)
    logits = network.forward(blank)[0]  # finds every misfit, and says in which layer
    if classes is not None and len(classes) != logits.shape[1]:
        raise ArgumentError(
            "export_onnx",
            expected=f"a name for each of the {logits.shape[1]} outputs",
            got=f"{len(classes)} classes",
        )
    chain = Chain("images")
    add_normalisation(chain, normalisation)
    add_layers(chain, network, blank)
    chain.finish("logits")
    graph = helper.make_graph(
        chain.nodes,
        "handgrad",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", *input_shape])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", *logits.shape[1:]])],
        chain.initializers,
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="handgrad",
        producer_version=__version__,
        doc_string=f"{PIXELS} The output 'logits' is (N, {', '.join(map(str, logits.shape[1:]))}).",
    )
    facts = {
        "pixels": PIXELS,
        "normalisation": json.dumps(normalisation.to_dict()),
        "layers": json.dumps([repr(layer) for layer in network]),
    }
    if classes is not None:
        facts["classes"] = json.dumps(list(classes))
    helper.set_model_props(model, facts)
    return model


def blank_image(input_shape: Shape, normalisation: Normalisation) -> Array:
    """One black image as the network would see it: (1, C, H, W)."""
    if len(input_shape) != 3 or min(input_shape) < 1:
        raise ShapeError(
            "export_onnx",
            expected="input_shape (C, H, W), in pixels",
            got=str(input_shape),
            hint="a network of features begins with Flatten() to read images",
        )
    return normalisation.apply(np.zeros((1, *input_shape), np.uint8))


def add_normalisation(chain: Chain, normalisation: Normalisation) -> None:
    """(x / 255 − mean) / std, step by step as `Normalisation.apply` does it."""
    chain.add("Div", "pixels", {"pixels.largest": np.asarray(255.0)})
    for kind, name, value, neutral in (
        ("Sub", "mean", normalisation.mean, 0),
        ("Div", "std", normalisation.std, 1),
    ):
        numbers = np.asarray(value)
        if np.any(numbers != neutral):
            by_channel = numbers.reshape(-1, 1, 1) if numbers.ndim else numbers  # (C,) -> (C, 1, 1)
            chain.add(kind, f"pixels.{name}", {name: by_channel})
