"""The trials of the functions of cmu10601: feature maps as dicts, the data (h·w·c, batch)."""

from collections.abc import Iterator
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from tests.checks import references as ref
from tests.checks.references import Array, Arrays
from tests.checks.students import Trial, distinct, in_sizes, normal, trial

SIZE = (5, 4, 3)  # height, width, channels


def feature_map(columns: Array, size: tuple[int, int, int] = SIZE, key: str = "data") -> dict[str, Any]:
    height, width, channel = size
    sizes = {"height": height, "width": width, "channel": channel, "batch_size": columns.shape[1]}
    return {**sizes, key: columns}


def maps(columns: Array) -> Array:
    return columns.T.reshape(-1, *SIZE).transpose(0, 3, 1, 2)  # (h·w·c, N) -> (N, C, H, W)


def pool(a: Arrays, k: int, stride: int, pad: int) -> Array:
    pooled = ref.pool({"x": maps(a["x"])}, (k, k), stride, pad)
    return pooled.transpose(0, 2, 3, 1).reshape(len(pooled), -1).T  # (N, C, OH, OW) -> (h·w·c, N)


def cmu_pool(module: ModuleType) -> Iterator[Trial]:
    for k, stride, pad in ((2, 2, 0), (3, 1, 0), (3, 2, 1)):
        for x in in_sizes((60, 2), make=distinct):
            layer = {"type": "POOLING", "k": k, "stride": stride, "pad": pad}
            out = ((5 + 2 * pad - k) // stride + 1, (4 + 2 * pad - k) // stride + 1, 3)

            def forward(a: Arrays, layer: Any = layer) -> Array:
                return module.pooling_layer_forward(feature_map(a["x"]), layer)["data"]

            def backward(a: Arrays, layer: Any = layer, out: Any = out) -> Arrays:
                above = feature_map(a["dy"], out, "diff")
                return {"dx": module.pooling_layer_backward(above, feature_map(a["x"]), layer)}

            yield trial({"x": x}, partial(pool, k=k, stride=stride, pad=pad), forward, backward)


def activation(module: ModuleType, name: str) -> Iterator[Trial]:
    go, back = getattr(module, f"{name}_forward"), getattr(module, f"{name}_backward")
    layer = {"type": name.upper()}
    for x in in_sizes((60, 2)):
        yield trial(
            {"x": x},
            getattr(ref, name),
            lambda a: go(feature_map(a["x"]), layer)["data"],
            lambda a: {"dx": back(feature_map(a["dy"], key="diff"), feature_map(a["x"]), layer)},
        )


def cmu_ip(module: ModuleType) -> Iterator[Trial]:
    layer = {"type": "IP", "num": 5}

    def forward(a: Arrays) -> Array:
        return module.inner_product_forward(feature_map(a["x"]), layer, {"w": a["weight"], "b": a["bias"]})[
            "data"
        ]

    def backward(a: Arrays) -> Arrays:
        above, param = feature_map(a["dy"], (1, 1, 5), "diff"), {"w": a["weight"], "b": a["bias"]}
        grads, dx = module.inner_product_backward(above, feature_map(a["x"]), layer, param)
        return {"dx": dx, "dweight": grads["w"], "dbias": grads["b"]}

    for x in in_sizes((60, 2)):
        arrays = {"x": x, "weight": normal(60, 5), "bias": normal(5)}
        yield trial(arrays, lambda a: a["weight"].T @ a["x"] + a["bias"][:, None], forward, backward)


def cmu_sgd(module: ModuleType) -> set[str]:
    """Two updates beside θ = μθ + α (g + λw), w = w − θ, and no decay of b."""
    shapes = {"w": (3, 2), "b": (2,)}

    def draw() -> dict[int, Arrays]:
        return {
            1: {key: normal(*shape) for key, shape in shapes.items()},
            2: {"w": np.zeros(0), "b": np.zeros(0)},
        }

    found, params, winc = set(), draw(), draw()
    for _ in range(2):
        grad = draw()
        kept = [{key: value.copy() for key, value in given[1].items()} for given in (params, winc, grad)]
        w, old, g = kept
        theta = {"w": 0.9 * old["w"] + 0.2 * (g["w"] + 0.1 * w["w"]), "b": 0.9 * old["b"] + 0.4 * g["b"]}
        new, new_winc = module.sgd_momentum(0.2, 0.4, 0.9, 0.1, params, winc, grad)
        if any(ref.same_all(given[1], was) for given, was in zip((params, winc, grad), kept, strict=True)):
            found.add("input-modified")
        wrong = ref.same_all(new_winc[1], theta)
        wrong |= ref.same_all(new[1], {key: w[key] - theta[key] for key in w})
        found |= {f"step of {key}" for key in wrong}
        params, winc = new, new_winc
    return found
