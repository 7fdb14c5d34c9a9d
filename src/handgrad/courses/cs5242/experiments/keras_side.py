"""Sections 3 to 8: what Keras makes of the document's inputs; live where it is installed, else stored."""

import importlib
import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from handgrad._typing import AnyArray

STORED = Path(__file__).parents[1] / "keras_values.npz"
"""Written by tests/stored/keras_make_values.py."""

SEED = 5242
STEPS = 20  # of each optimizer
CONVOLUTION = {"kernel_h": 5, "kernel_w": 5, "pad": 0, "stride": 2, "in_channel": 3, "out_channel": 64}
POOLING = {"pool_height": 5, "pool_width": 5, "pad": 0, "stride": 2}
FEATURES = (20, 100)
CLASSES = 10
KEPT = 1  # images of the maps that are stored: all ten would be a megabyte

Arrays = dict[str, AnyArray]


def inputs() -> Arrays:
    """The document's random inputs, from a seed: whoever runs this has the same ones."""
    rng = np.random.RandomState(SEED)  # whose numbers NumPy promises never to change
    features, outputs = FEATURES
    return {
        "maps": rng.uniform(size=(10, 3, 30, 30)),
        "kernels": rng.normal(0, 0.1, (64, 3, 5, 5)),
        "kernel_bias": np.zeros(64),
        "rows": rng.uniform(size=(10, features)),
        "weights": rng.normal(0, 0.1, (features, outputs)),
        "bias": rng.normal(0, 0.1, outputs),
        "scores": rng.uniform(size=(10, CLASSES)),
        "targets": rng.randint(CLASSES, size=10),
        "first": rng.normal(size=(3, 4)),
        "gradients": rng.normal(size=(STEPS, 3, 4)),
    }


def stored_outputs() -> tuple[str, Mapping[str, AnyArray]]:
    """Which Keras it was, and its outputs; of the maps only the first image's."""
    with np.load(STORED, allow_pickle=False) as archive:
        outputs = {name: archive[name] for name in archive.files}
    return str(outputs.pop("made_by")), outputs


def live_outputs() -> tuple[str, Mapping[str, AnyArray]] | None:
    """The same of the Keras that is installed, whole; None where there is none that runs."""
    if importlib.util.find_spec("keras") is None:
        return None
    if importlib.util.find_spec("torch") is not None:
        os.environ.setdefault("KERAS_BACKEND", "torch")
    try:
        keras = importlib.import_module("keras")
    except (ImportError, RuntimeError, ValueError):  # installed without a backend
        return None
    return f"Keras {keras.__version__} on {keras.backend.backend()}", _outputs(keras)


def _outputs(keras: Any) -> Mapping[str, AnyArray]:
    given, layers = inputs(), keras.layers
    window = {"strides": 2, "padding": "valid", "data_format": "channels_first"}
    convolution = layers.Conv2D(64, (5, 5), **window)
    dense = layers.Dense(FEATURES[1])
    kernels = np.transpose(given["kernels"], (2, 3, 1, 0))  # (F, C, KH, KW) -> (KH, KW, C, F), Keras's order
    wanted = np.eye(CLASSES)[given["targets"]]
    loss = keras.ops.categorical_crossentropy(wanted, keras.ops.softmax(given["scores"]))
    return {
        "convolution": _predicted(keras, convolution, given["maps"], [kernels, given["kernel_bias"]]),
        "max": _predicted(keras, layers.MaxPooling2D((5, 5), **window), given["maps"]),
        "avg": _predicted(keras, layers.AveragePooling2D((5, 5), **window), given["maps"]),
        "dense": _predicted(keras, dense, given["rows"], [given["weights"], given["bias"]]),
        "loss": keras.ops.convert_to_numpy(keras.ops.mean(loss)),
        **{name: _path(keras, rule, given) for name, rule in _rules(keras).items()},
    }


def _predicted(keras: Any, layer: Any, x: AnyArray, weights: list[AnyArray] | None = None) -> AnyArray:
    """As the document's cells do it: a model of one layer, whose weights are set."""
    model = keras.Sequential([keras.Input(shape=x.shape[1:]), layer])
    if weights is not None:
        layer.set_weights(weights)
    predicted: AnyArray = model.predict(x, batch_size=len(x), verbose=0)
    return predicted


def _rules(keras: Any) -> dict[str, Any]:
    kinds = keras.optimizers
    return {
        "SGD": kinds.SGD(learning_rate=0.01, momentum=0.9),
        "Adam": kinds.Adam(learning_rate=0.01, epsilon=1e-8),
        "RMSprop": kinds.RMSprop(learning_rate=0.01, rho=0.9, epsilon=1e-8),
        "Adagrad": kinds.Adagrad(learning_rate=0.01, initial_accumulator_value=0.0, epsilon=1e-8),
    }


def _path(keras: Any, rule: Any, given: Arrays) -> AnyArray:
    variable = keras.Variable(given["first"], dtype="float32")
    rule.build([variable])
    for gradient in given["gradients"]:
        rule.apply_gradients([(keras.ops.convert_to_tensor(gradient, dtype="float32"), variable)])
    moved: AnyArray = keras.ops.convert_to_numpy(variable.value)
    return moved
