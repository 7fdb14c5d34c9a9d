"""Section 3.4 of the document: what the first convolution makes of each digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import Array
from handgrad.data import batch
from handgrad.report import pictures_figure

if TYPE_CHECKING:
    from handgrad.courses.study import Study, Trained

MANY = 1000  # validation images on which a channel that is silent here may yet speak
ALIKE = 0.6  # a correlation from which on a map is called by what it is correlated with


def channels(study: Study, trained: Trained) -> dict[str, Any]:
    """Figure 3.7: the channels after ReLU, for the first test image of each digit; and the kernels.

    Arguments:
        study: keeps the figures.
        trained: experiment 2.

    Returns:
        what each channel answers to.
    """
    test = trained.splits.test
    digits = np.unique(test.labels)
    chosen = [int(np.flatnonzero(test.labels == digit)[0]) for digit in digits]
    x, _ = batch(test, chosen)
    activations = trained.run.activations(x)
    maps = activations[1]  # after the convolution and its ReLU
    O, H, W = maps.shape[1:]
    pictures = np.concatenate([x, maps], axis=1).reshape(-1, H, W)  # (N, 1 + O, H, W) -> (N · (1 + O), H, W)
    titles = ["input", *(f"channel {channel}" for channel in range(1, O + 1))]
    study.figure(
        "channels",
        pictures_figure(
            pictures,
            titles=[*titles, *[""] * (len(pictures) - len(titles))],
            columns=1 + O,
            rows=[f"digit {digit}" for digit in digits],
        ),
    )
    kernels = trained.network[0].weight.value[:, 0]  # (O, 1, KH, KW) -> (O, KH, KW)
    study.figure("kernels", pictures_figure(kernels, titles=titles[1:], columns=O, signed=True))
    features = features_of(x[:, 0])
    others, _ = batch(trained.splits.validation, range(min(MANY, len(trained.splits.validation))))
    loudest = trained.run.activations(others)[1].max(axis=(0, 2, 3))  # (N, O, H, W) -> (O,)
    return {
        "images": chosen,
        "digits": digits.tolist(),
        "others": len(others),
        "silent_there": [channel + 1 for channel in range(O) if not loudest[channel]],
        "rows": [described(channel, maps[:, channel], kernels[channel], features) for channel in range(O)],
    }


def features_of(images: Array) -> dict[str, Array]:
    """What a map may be like: the ink, its absence, and the four sides of a stroke.

    Arguments:
        images: (N, H, W), ink brighter than paper.

    Example:
        >>> stroke = np.zeros((1, 3, 5))
        >>> stroke[0, :, 2] = 1
        >>> features_of(stroke)["left sides of strokes"][0, 1]
        array([0. , 0.5, 0. , 0. , 0. ])
    """
    down, right = np.gradient(images, axis=(1, 2))
    return {
        "the ink": images,
        "the paper": -images,
        "left sides of strokes": np.maximum(right, 0),
        "right sides of strokes": np.maximum(-right, 0),
        "upper sides of strokes": np.maximum(down, 0),
        "lower sides of strokes": np.maximum(-down, 0),
    }


def described(channel: int, maps: Array, kernel: Array, features: dict[str, Array]) -> dict[str, Any]:
    """One row of the report's table of channels.

    Arguments:
        channel: counted from 0.
        maps: (N, H, W), after ReLU.
        kernel: (KH, KW).
        features: from `features_of`.
    """
    # the border sees padding, where "brighter than paper" has another meaning
    inner = maps[:, 2:-2, 2:-2]
    likeness = {
        name: float(np.corrcoef(inner.ravel(), feature[:, 2:-2, 2:-2].ravel())[0, 1])
        for name, feature in features.items()
        if inner.std() > 0
    }
    best = max(likeness, key=lambda name: likeness[name], default="")
    silent = not likeness
    return {
        "channel": channel + 1,
        "active": float((maps > 0).mean()),
        "largest": float(maps.max()),
        "kernel_sum": float(kernel.sum()),
        "silent": silent,
        "like": best if likeness and likeness[best] >= ALIKE else "",
        "nearest": best,
        "correlation": likeness.get(best, 0.0),
    }
