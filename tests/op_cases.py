"""The one table of cases: what every op, in every engine, must compute, forward and backward.

A row of `CASES` is an op, its arrays (as makers, that fill a shape from a generator) and its options. What
all rows of an op share stands in `tests/ops/operations.py`: its functions, which arrays it has gradients for,
a second and independent definition, and the PyTorch expression. `tests/op_checks.py` checks a row. An op
exported from `handgrad.ops` that has no row here fails `tests/ops/test_table.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.ops.makers import Maker, distinct, labels, normal, positive, probabilities, tied
from tests.ops.operations import OPS

Array = np.ndarray
DRAWS_ITS_OWN_MASK = {"dropout", "dropout-4d"}


@dataclass(frozen=True)
class Case:
    """One row: an op, the arrays that go in and its options."""

    name: str
    op: str
    arrays: Mapping[str, Maker]
    options: Mapping[str, Any] = field(default_factory=dict)
    smooth: bool = True  # whether the op has a derivative at these arrays

    def __str__(self) -> str:
        return self.name

    @property
    def differentiable(self) -> list[str]:
        """The arrays of this row that have a gradient."""
        return [name for name in OPS[self.op].gradients if name in self.arrays]

    @property
    def torch(self) -> Callable[..., Any] | None:
        """The PyTorch expression; None where PyTorch draws its own random numbers."""
        return None if self.name in DRAWS_ITS_OWN_MASK else OPS[self.op].torch

    def make(self, dtype: str = "float64") -> dict[str, Array]:
        """The arrays: the same at every call. Class numbers stay integers."""
        rng = np.random.default_rng(sum(self.name.encode()))
        made = {name: maker(rng) for name, maker in self.arrays.items()}
        return {
            name: made[name].astype(dtype) if made[name].dtype.kind == "f" else made[name] for name in made
        }

    def keywords(self) -> dict[str, Any]:
        """The options; a generator is made of its seed, so that every call draws the same numbers."""
        keywords = dict(self.options)
        if keywords.get("rng") is not None:
            keywords["rng"] = np.random.default_rng(keywords["rng"])
        return keywords


def conv(x: tuple[int, ...], weight: tuple[int, ...]) -> dict[str, Maker]:
    return {"x": normal(*x), "weight": normal(*weight), "bias": normal(weight[0])}


# fmt: off
# name: (x, weight, options)
CONVOLUTIONS: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "1x1": ((2, 3, 4, 5), (4, 3, 1, 1), {}),
    "1x1-stride-2": ((2, 3, 5, 4), (2, 3, 1, 1), {"stride": 2}),
    "3x3": ((2, 2, 5, 4), (3, 2, 3, 3), {}),
    "5x5": ((2, 2, 6, 7), (3, 2, 5, 5), {}),
    "5x5-same": ((1, 2, 6, 5), (2, 2, 5, 5), {"padding": 2}),
    "rectangular-kernel": ((2, 2, 5, 6), (3, 2, 2, 3), {}),
    "column-kernel": ((2, 2, 5, 3), (2, 2, 4, 1), {}),
    "stride-2": ((2, 2, 7, 5), (3, 2, 3, 3), {"stride": 2}),
    "stride-2-1": ((2, 2, 7, 5), (3, 2, 3, 2), {"stride": (2, 1)}),
    "stride-2-partial-window": ((2, 2, 6, 7), (2, 2, 3, 2), {"stride": 2}),
    "stride-larger-than-kernel": ((2, 2, 8, 7), (2, 2, 2, 2), {"stride": 3}),
    "padding-1": ((2, 2, 4, 5), (3, 2, 3, 3), {"padding": 1}),
    "padding-1-2": ((2, 2, 4, 3), (3, 2, 3, 3), {"padding": (1, 2)}),
    "padding-wider-than-kernel": ((1, 2, 2, 3), (2, 2, 2, 2), {"padding": 2}),
    "stride-padding-partial-window": ((2, 2, 6, 5), (3, 2, 3, 2), {"stride": (2, 3), "padding": (1, 0)}),
    "groups-2": ((2, 4, 4, 5), (6, 2, 3, 2), {"groups": 2}),
    "groups-2-stride-padding": ((2, 4, 5, 4), (4, 2, 3, 3), {"stride": (2, 1), "padding": 1, "groups": 2}),
    "depthwise": ((2, 3, 4, 5), (3, 1, 3, 3), {"groups": 3}),
    "depthwise-multiplied": ((2, 3, 4, 4), (6, 1, 2, 3), {"padding": (0, 1), "groups": 3}),
    "batch-1": ((1, 3, 5, 4), (2, 3, 3, 3), {}),
    "1x1-maps": ((3, 4, 1, 1), (5, 4, 1, 1), {}),
    "1x1-maps-padded": ((3, 2, 1, 1), (2, 2, 3, 3), {"padding": 1}),
    "kernel-covers-map": ((2, 2, 3, 5), (4, 2, 3, 5), {}),
}
# name: (x, options); for both kinds of pooling
POOLS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "2": ((2, 3, 4, 6), {"kernel_size": 2}),
    "partial-window": ((2, 2, 5, 7), {"kernel_size": 2}),
    "stride-none": ((2, 2, 6, 4), {"kernel_size": (3, 2), "stride": None}),
    "overlapping": ((2, 2, 7, 5), {"kernel_size": 3, "stride": 2}),
    "overlapping-stride-1": ((1, 2, 5, 4), {"kernel_size": 3, "stride": 1}),
    "rectangular": ((2, 2, 5, 7), {"kernel_size": (2, 3), "stride": (1, 2)}),
    "stride-larger-than-kernel": ((2, 2, 7, 8), {"kernel_size": 2, "stride": (3, 4)}),
    "padding-1": ((2, 2, 5, 4), {"kernel_size": 3, "stride": 2, "padding": 1}),
    "padding-0-1": ((2, 2, 4, 5), {"kernel_size": (2, 3), "padding": (0, 1)}),
    "padding-1-partial-window": ((2, 2, 4, 5), {"kernel_size": 2, "padding": 1}),
    "batch-1": ((1, 1, 4, 4), {"kernel_size": 2}),
    "1x1-window": ((2, 2, 3, 4), {"kernel_size": 1, "stride": 2}),
    "1x1-maps": ((2, 3, 1, 1), {"kernel_size": 1}),
    "1x1-maps-padded": ((2, 3, 1, 1), {"kernel_size": 3, "stride": 2, "padding": 1}),
    "whole-map": ((2, 3, 3, 4), {"kernel_size": (3, 4)}),
}
# name: (x, columns, options); for im2col, and for col2im back
WINDOWS: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "2x2": ((2, 2, 3, 4), (2, 8, 6), {"kernel_size": 2}),
    "1x1": ((2, 3, 2, 3), (2, 3, 6), {"kernel_size": 1}),
    "rectangular": ((2, 2, 4, 3), (2, 12, 4), {"kernel_size": (3, 2), "padding": (0, 1), "stride": (2, 1)}),
    "stride-padding-partial-window": ((1, 2, 4, 6), (1, 18, 6),
                                      {"kernel_size": 3, "stride": 2, "padding": 1}),
    "stride-larger-than-kernel": ((2, 1, 5, 6), (2, 4, 4), {"kernel_size": 2, "stride": 3}),
}
SHAPES = {"2d": (4, 5), "4d": (2, 3, 2, 4)}
ACTIVATIONS: dict[str, dict[str, Any]] = {
    "relu": {}, "leaky_relu": {"negative_slope": 0.25}, "elu": {"alpha": 0.5}, "sigmoid": {}, "tanh": {},
}
TRAINED = {"weight": normal(3), "bias": normal(3)}
RUNNING = {"running_mean": normal(3), "running_var": positive(3)}

CASES: list[Case] = [
    *(Case(f"conv2d-{name}", "conv2d", conv(x, weight), options)
      for name, (x, weight, options) in CONVOLUTIONS.items()),
    Case("conv2d-no-bias", "conv2d", {"x": normal(2, 2, 4, 5), "weight": normal(3, 2, 3, 3)}),
    Case("conv2d-no-bias-groups", "conv2d", {"x": normal(2, 4, 3, 4), "weight": normal(2, 2, 2, 2)},
         {"groups": 2}),

    *(Case(f"max_pool2d-{name}", "max_pool2d", {"x": distinct(*x)}, options)
      for name, (x, options) in POOLS.items()),
    *(Case(f"avg_pool2d-{name}", "avg_pool2d", {"x": normal(*x)}, options)
      for name, (x, options) in POOLS.items()),
    Case("max_pool2d-ties", "max_pool2d", {"x": tied(2, 3, 6, 6)}, {"kernel_size": 2}, smooth=False),
    Case("max_pool2d-ties-overlapping", "max_pool2d", {"x": tied(2, 3, 5, 7)},
         {"kernel_size": (3, 2), "stride": (2, 1), "padding": 1}, smooth=False),

    *(Case(f"im2col-{name}", "im2col", {"x": normal(*x)}, options)
      for name, (x, _, options) in WINDOWS.items()),
    *(Case(f"col2im-{name}", "col2im", {"columns": normal(*columns)}, {"shape": x, **options})
      for name, (x, columns, options) in WINDOWS.items()),

    Case("linear", "linear", {"x": normal(4, 5), "weight": normal(3, 5), "bias": normal(3)}),
    Case("linear-no-bias", "linear", {"x": normal(4, 5), "weight": normal(3, 5)}),
    Case("linear-batch-1", "linear", {"x": normal(1, 6), "weight": normal(4, 6), "bias": normal(4)}),
    Case("linear-1-to-1", "linear", {"x": normal(3, 1), "weight": normal(1, 1), "bias": normal(1)}),
    Case("linear-extra-axis", "linear", {"x": normal(2, 3, 4), "weight": normal(5, 4), "bias": normal(5)}),
    Case("linear-two-extra-axes", "linear",
         {"x": normal(2, 3, 2, 4), "weight": normal(3, 4), "bias": normal(3)}),

    *(Case(f"{op}-{name}", op, {"x": distinct(*shape)}, options)
      for op, options in ACTIVATIONS.items() for name, shape in SHAPES.items()),
    Case("leaky_relu-default", "leaky_relu", {"x": distinct(3, 4)}),
    Case("elu-default", "elu", {"x": distinct(3, 4)}),
    Case("prelu-2d-one-slope", "prelu", {"x": distinct(4, 5), "weight": normal(1)}),
    Case("prelu-2d-slopes", "prelu", {"x": distinct(4, 5), "weight": normal(5)}),
    Case("prelu-4d-one-slope", "prelu", {"x": distinct(2, 3, 2, 4), "weight": normal(1)}),
    Case("prelu-4d-slopes", "prelu", {"x": distinct(2, 3, 2, 4), "weight": normal(3)}),
    Case("prelu-4d-one-channel", "prelu", {"x": distinct(2, 1, 2, 4), "weight": normal(1)}),

    Case("softmax-2d", "softmax", {"x": normal(4, 5)}),
    Case("softmax-2d-axis-0", "softmax", {"x": normal(4, 5)}, {"axis": 0}),
    Case("softmax-3d", "softmax", {"x": normal(2, 3, 4)}, {"axis": -1}),
    Case("softmax-4d-axis-1", "softmax", {"x": normal(2, 3, 2, 3)}, {"axis": 1}),

    *(Case(f"cross_entropy-{N}x{K}", "cross_entropy", {"logits": normal(N, K), "targets": labels(N, K)})
      for N, K in [(4, 5), (1, 10), (6, 2), (3, 1)]),
    *(Case(f"probability_cross_entropy-{N}x{K}", "probability_cross_entropy",
           {"probabilities": probabilities(N, K), "targets": labels(N, K)})
      for N, K in [(4, 5), (1, 10), (6, 2)]),
    *(Case(f"euclidean_loss-{N}x{K}", "euclidean_loss", {"y": normal(N, K), "targets": normal(N, K)})
      for N, K in [(4, 5), (1, 3), (5, 1)]),
    *(Case(f"mse_loss-{name}", "mse_loss", {"y": normal(*shape), "targets": normal(*shape)})
      for name, shape in {"1d": (6,), **SHAPES}.items()),

    Case("dropout", "dropout", {"x": normal(4, 5)}, {"p": 0.5, "rng": 7}),
    Case("dropout-4d", "dropout", {"x": normal(2, 3, 2, 4)}, {"p": 0.25, "rng": 8}),
    Case("dropout-nothing", "dropout", {"x": normal(4, 5)}, {"p": 0.0, "rng": 7}),
    Case("dropout-everything", "dropout", {"x": normal(4, 5)}, {"p": 1.0, "rng": 7}),
    Case("dropout-evaluation", "dropout", {"x": normal(4, 5)}, {"p": 0.5, "rng": None, "training": False}),

    Case("batch_norm-2d-training", "batch_norm", {"x": normal(6, 3), **TRAINED}),
    Case("batch_norm-4d-training", "batch_norm", {"x": normal(2, 3, 2, 4), **TRAINED}),
    Case("batch_norm-batch-1-training", "batch_norm", {"x": normal(1, 3, 3, 2), **TRAINED}),
    Case("batch_norm-eps", "batch_norm", {"x": normal(5, 3), **TRAINED}, {"eps": 0.5}),
    Case("batch_norm-2d-evaluation", "batch_norm", {"x": normal(4, 3), **TRAINED, **RUNNING}),
    Case("batch_norm-4d-evaluation", "batch_norm", {"x": normal(2, 3, 2, 4), **TRAINED, **RUNNING},
         {"eps": 0.125}),
    Case("batch_norm-single-evaluation", "batch_norm", {"x": normal(1, 3), **TRAINED, **RUNNING}),
]
# fmt: on
