"""Sections 2.7 and 2.8: where the network errs, and what its first layer looks for."""

from __future__ import annotations

from typing import Any

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.courses.project3.fitting import Fitted
from handgrad.data import Dataset
from handgrad.metrics import confusion_matrix

HARDEST = 3  # digits that the text and the examples are about
PAIRS = 8  # kinds of mistakes that the table lists


def mistakes(scores: Array, part: Dataset) -> dict[str, Any]:
    """The confusion matrix, each digit's share of errors, and the most frequent mistakes.

    Arguments:
        scores: (n, 10).
        part: the images and their digits.

    Returns:
        the matrix (rows: true digits), the digits from the hardest to the easiest, and the pairs.
    """
    matrix = confusion_matrix(scores.argmax(axis=1), part.labels, part.classes)
    wrong = matrix.copy()
    np.fill_diagonal(wrong, 0)
    totals, taken_for = matrix.sum(axis=1), wrong.sum(axis=0)
    digits = [
        {
            "digit": digit,
            "images": int(totals[digit]),
            "missed": int(wrong[digit].sum()),
            "error": float(wrong[digit].sum() / max(1, totals[digit])),
            "taken_for": int(taken_for[digit]),
        }
        for digit in range(part.classes)
    ]
    digits.sort(key=lambda item: (-float(item["error"]), item["digit"]))
    order = np.argsort(-wrong, axis=None, kind="stable")[:PAIRS]
    pairs = [tuple(map(int, divmod(int(place), part.classes))) for place in order]
    return {
        "matrix": matrix.tolist(),
        "errors": int(wrong.sum()),
        "images": len(part),
        "digits": digits,
        "hardest": [item["digit"] for item in digits[:HARDEST]],
        "pairs": [
            {"true": true, "read": read, "count": int(wrong[true, read])}
            for true, read in pairs
            if wrong[true, read]
        ],
    }


def worst_read(scores: Array, part: Dataset, digits: list[int], count: int) -> IntArray:
    """The images of some digits whose own score lies furthest below the best other one.

    Arguments:
        scores: (n, 10).
        part: the images.
        digits: of which to choose.
        count: how many at most.

    Returns:
        their positions, by digit, the worst first.
    """
    rows = np.arange(len(part))
    own = scores[rows, part.labels]
    others = scores.copy()
    others[rows, part.labels] = -np.inf
    margin = own - others.max(axis=1)
    chosen = []
    for digit in digits:
        places = np.flatnonzero(part.labels == digit)
        chosen.append(places[np.argsort(margin[places], kind="stable")][: count // len(digits)])
    return np.concatenate(chosen)


def templates(result: Fitted, first: Array, train: Dataset) -> dict[str, Any]:
    """What the rows of W₁ are like, in numbers.

    Arguments:
        result: the trained perceptron.
        first: W₁ (64, 784) as it was before the training.
        train: the images that it learnt from.

    Returns:
        how many pixels are black in every image and what became of their weights, how alike neighbouring
        pixels' weights are, how large the weights are.
    """
    names = list(result.network.state_dict())
    weight = result.network.state_dict()[names[0]]
    dark = train.images.reshape(len(train), -1).max(axis=0) == 0  # (n, 784) -> (784,)
    return {
        "dark": int(dark.sum()),
        "dark_moved": float(np.abs(weight - first)[:, dark].max()) if dark.any() else 0.0,
        "dark_deviation": float(weight[:, dark].std()) if dark.any() else 0.0,
        "lit_deviation": float(weight[:, ~dark].std()),
        "largest": float(np.abs(weight).max()),
        "alike": _alike(weight),
        "alike_before": _alike(first),
    }


def _alike(weight: Array) -> float:
    """The correlation of the weights of pixels that are neighbours, to the right and below."""
    side = round(weight.shape[1] ** 0.5)
    maps = weight.reshape(-1, side, side)
    beside = np.concatenate([maps[:, :, :-1].ravel(), maps[:, :-1, :].ravel()])
    after = np.concatenate([maps[:, :, 1:].ravel(), maps[:, 1:, :].ravel()])
    return float(np.corrcoef(beside, after)[0, 1])


def favourites(result: Fitted) -> list[str]:
    """Which digit's score each hidden unit raises most, and which it lowers most: "+3 −8"."""
    *_, output, _ = result.network.state_dict().values()  # W₂ and b₂ are the last two
    return [f"+{column.argmax()} −{column.argmin()}" for column in output.T]
