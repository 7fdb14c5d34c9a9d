"""Section 7: what the second and third layer make of one test image, as pictures and as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.engine import Engine
from handgrad.report import pictures_figure

if TYPE_CHECKING:
    from handgrad.courses.study import Study

IMAGES = 100  # of the test set, for what one image alone cannot tell
CLEAR = 0.5  # a correlation above it counts as likeness


def look_at_maps(study: Study, run: Engine) -> dict[str, Any]:
    """Draw the maps of the first test image, and measure what question 9 asks about."""
    test = study.splits.test
    images = (test.images[: min(IMAGES, len(test))] / 255.0).astype(np.float32)[:, None]  # -> (N, C, H, W)
    activations = run.activations(images)
    second, third = activations[0], activations[1]
    enlarged = third[0].repeat(2, axis=1).repeat(2, axis=2)  # a pixel of layer 3 stands for 2 x 2 of layer 2
    count = len(second[0])
    rows = [
        f"layer {layer}: {start + 1}-{min(start + 10, count)}"
        for layer in (2, 3)
        for start in range(0, count, 10)
    ]
    study.figure("maps", pictures_figure(np.concatenate([second[0], enlarged]), columns=10, rows=rows))
    study.figure(
        "test_image", pictures_figure(images[:1, 0], titles=[f"test image 1: {int(test.labels[0])}"])
    )
    filters = run.network[0].weight.value[:, 0]
    names = [str(number) for number in range(1, count + 1)]
    study.figure("filters", pictures_figure(filters, titles=names, columns=10, signed=True))
    return {
        "label": int(test.labels[0]),
        "images": len(images),
        "second": _second(images, second, filters),
        "third": _third(second, third),
        "shift": _shift(run, images, second, third),
    }


def _second(images: Array, second: Array, filters: Array) -> dict[str, Any]:
    """Question 9 (a): layer 2 beside the image, cropped to the pixels in the middle of the windows."""
    border = (images.shape[2] - second.shape[2]) // 2
    inside = slice(border, border + second.shape[2])
    image = images[0, 0]
    middle = image[inside, inside]
    down, right = (np.gradient(image.astype(float), axis=axis)[inside, inside] for axis in (0, 1))
    likeness = [_correlation(channel, middle) for channel in second[0]]
    edges = [
        max(abs(_correlation(channel, down)), abs(_correlation(channel, right))) for channel in second[0]
    ]
    return {
        "size": list(second.shape[2:]),
        "maps": second.shape[1],
        "image_size": list(image.shape),
        "image_values": int(image.size),
        "entries": int(second[0].size),
        "smallest": float(second[0].min()),
        "largest": float(second[0].max()),
        "positive": float((second[0] > 0).mean()),
        "image_positive": float((image > 0).mean()),
        "positive_by_map": _shares(second[0] > 0),
        "likeness": likeness,
        "edges": edges,
        "alike": sum(value > CLEAR for value in likeness),
        "negative": sum(value < -CLEAR for value in likeness),
        "edge_maps": sum(edge > abs(value) for edge, value in zip(edges, likeness, strict=True)),
        "threshold": CLEAR,
        "filter_sums_positive": int((filters.sum(axis=(1, 2)) > 0).sum()),
        "sum_likeness": _correlation(filters.sum(axis=(1, 2)), np.array(likeness)),
        "background_variation": _background(second[0], image),
    }


def _third(second: Array, third: Array) -> dict[str, Any]:
    """Question 9 (b): layer 3 beside layer 2."""
    N, C, H, W = third.shape
    cells = second[:, :, : 2 * H, : 2 * W].reshape(N, C, H, 2, W, 2)
    means = cells.mean(axis=(3, 5))
    likeness = [_correlation(one, other) for one, other in zip(third[0], means[0], strict=True)]
    return {
        "size": [H, W],
        "entries": int(third[0].size),
        "share_kept": third[0].size / second[0].size,
        "likeness": float(np.mean(likeness)),
        "least_likeness": float(np.min(likeness)),
        "mean_before": float(second[0].mean()),
        "mean_after": float(third[0].mean()),
        "positive_before": float((second[0] > 0).mean()),
        "positive_after": float((third[0] > 0).mean()),
        "same_largest": int((third[0].max(axis=(1, 2)) == second[0].max(axis=(1, 2))).sum()),
        "smallest_before": float(second[0].min()),
        "smallest_after": float(third[0].min()),
        "all_positive_before": float((second > 0).mean()),
        "all_positive_after": float((third > 0).mean()),
    }


def _shift(run: Engine, images: Array, second: Array, third: Array) -> dict[str, Any]:
    """How much each layer changes when the image moves by one pixel to the right, over several images."""
    moved = np.roll(images, 1, axis=3)
    activations = run.activations(moved)
    return {
        "image": _change(images, moved),
        "second": _change(second, activations[0]),
        "third": _change(third, activations[1]),
    }


def _change(before: Array, after: Array) -> float:
    """The length of the change as a share of the length of what varies, averaged over images."""
    rows, others = (array.reshape(len(array), -1).astype(float) for array in (before, after))
    lengths = np.linalg.norm(rows - rows.mean(axis=1, keepdims=True), axis=1)
    return float(np.mean(np.linalg.norm(others - rows, axis=1) / lengths))


def _background(second: Array, image: Array) -> float:
    """The spread of layer 2 within each map over windows that hold no ink at all; 0 says they are flat."""
    size = image.shape[0] - second.shape[1] + 1
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
    empty = windows.max(axis=(2, 3)) == 0
    return float(second[:, empty].std(axis=1).max()) if empty.any() else 0.0


def _correlation(one: AnyArray, other: AnyArray) -> float:
    """Pearson's; 0 where one of the two does not vary."""
    a, b = (np.asarray(array, float).ravel() - np.mean(array, dtype=float) for array in (one, other))
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length else 0.0


def _shares(mask: AnyArray) -> list[float]:
    return [float(part.mean()) for part in mask]
