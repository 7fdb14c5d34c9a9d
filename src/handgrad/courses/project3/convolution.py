"""Section 3 of the report: the convolutional network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handgrad._typing import pair
from handgrad.courses.project3.distorted import Images
from handgrad.courses.project3.drawing import accuracy_curves, improvement_curves, overlaid_curves
from handgrad.courses.project3.fitting import Fitted, few_images, fitted
from handgrad.courses.project3.improving import Improved, improve
from handgrad.courses.project3.peer import beside_pytorch
from handgrad.courses.project3.points import PAR, accuracy_points
from handgrad.data import Splits
from handgrad.nn import Conv2d, Linear, MaxPool2d
from handgrad.recipes import build_network, find_recipe

if TYPE_CHECKING:
    from handgrad.courses.study import Study

RECIPE = "convnet"
EPOCHS = {"many": 100, "few": 500}
"""Passes over all images; over the first 2,000, which are as few steps as 20 passes over all."""

QUICK_EPOCHS = {"many": 4, "few": 20}


class Convolution:
    """The experiments of section 3, in the order in which they are made.

    Arguments:
        study: what they work with.
        splits: as the course has them.
        images: to learn from.
    """

    stated: Fitted
    improved: Improved

    def __init__(self, study: Study, splits: Splits, images: Images) -> None:
        self.study, self.splits, self.images = study, splits, images
        self.numbers: dict[str, Any] = {"layers": describe()}

    def train(self) -> None:
        """3.2 and 3.3: few images and many, with the document's settings."""
        epochs = QUICK_EPOCHS if self.study.quick else EPOCHS
        few = self._fitted(few_images(self.splits), epochs["few"])
        self.stated = self._fitted(self.splits, epochs["many"])
        self.numbers |= {"few": few.curve(), "many": self.stated.curve()}
        for name in ("few", "many"):
            self.study.figure(f"cnn_{name}", accuracy_curves(self.numbers[name], "CNN"))

    def _fitted(self, splits: Splits, epochs: int) -> Fitted:
        label = f"convnet, {len(splits.train):,} images"
        settings = [f"train.epochs={epochs}"]
        return fitted(self.study, RECIPE, settings, splits=splits, label=label, curve=True)

    def compare(self) -> None:
        """3.2 again, in PyTorch."""
        self.numbers["pytorch"] = beside_pytorch(self.study, self.splits)
        if self.numbers["pytorch"]:
            self.study.figure("cnn_pytorch", overlaid_curves(self.numbers["pytorch"]))

    def improve(self) -> None:
        """3.4: settings that do better; chosen by the validation images."""
        self.improved = improve(self.study, RECIPE, self.splits, self.images, self.stated)
        self.numbers |= {
            "rows": self.improved.rows,
            "tried": self.improved.tried,
            "chosen": self.improved.chosen,
        }
        self.study.figure("cnn_improvements", improvement_curves(self.improved.rows))

    def test(self) -> None:
        """3.4: the test set, once everything is trained and chosen."""
        found = {"stated": self.stated.tested(), "chosen": self.improved.best.tested()}
        points = {name: accuracy_points(item["accuracy"], PAR[RECIPE]) for name, item in found.items()}
        self.numbers |= {"test": found, "points": points}


def describe() -> list[dict[str, Any]]:
    """The recipe's network, layer by layer: all that is needed to build it again.

    Example:
        >>> describe()[0]["out"], describe()[-1]["parameters"]
        ('6 x 24 x 24', 850)
    """
    network = build_network(find_recipe(RECIPE))
    summary = network.summary((1, 28, 28))
    shape, rows = summary.input_shape, []
    for layer, row in zip(network, summary.rows, strict=True):
        window = layer if isinstance(layer, Conv2d | MaxPool2d) else None
        rows.append(
            {
                "layer": row.layer,
                "in": " x ".join(map(str, shape)),
                "out": " x ".join(map(str, row.output_shape)),
                "kernel": _size(window.kernel_size) if window else "",
                "stride": _size(window.stride or window.kernel_size) if window else "",
                "padding": _size(window.padding) if window else "",
                "bias": isinstance(layer, Conv2d | Linear),
                "parameters": row.parameters,
                "multiply_adds": row.multiply_adds,
            }
        )
        shape = row.output_shape
    return rows


def _size(size: int | str | tuple[int, int]) -> str:
    """As in "5 x 5"."""
    return size if isinstance(size, str) else " x ".join(map(str, pair(size)))
