"""Section 2 of the report: the multi-layer perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import Array
from handgrad.courses.project3.distorted import Images
from handgrad.courses.project3.drawing import accuracy_curves, improvement_curves
from handgrad.courses.project3.fitting import Fitted, few_images, fitted
from handgrad.courses.project3.improving import Improved, improve
from handgrad.courses.project3.jacobians import check_jacobians
from handgrad.courses.project3.looking import favourites, mistakes, templates, worst_read
from handgrad.courses.project3.mlp import MLP, one_hot
from handgrad.courses.project3.points import PAR, accuracy_points
from handgrad.data import Splits, batch, shuffled_indices
from handgrad.recipes import build_network, find_recipe
from handgrad.report import confusion_figure, pictures_figure

if TYPE_CHECKING:
    from handgrad.courses.study import Study

RECIPE = "mlp"
EPOCHS = {"many": 100, "few": 500}
"""Passes over all images; over the first 2,000, which are as few steps as 20 passes over all."""

QUICK_EPOCHS = {"many": 20, "few": 50}
OWN_STEPS = 50  # made by the course's class and by the engine
COLUMNS = {False: 60_000, True: 300}
"""Of each Jacobian that are compared at most: in a full run all of them."""
WORST = 24


class Perceptron:
    """The experiments of section 2, in the order in which they are made.

    Arguments:
        study: what they work with.
        splits: as the course has them.
        images: to learn from.
    """

    stated: Fitted
    improved: Improved

    def __init__(self, study: Study, splits: Splits, images: Images) -> None:
        self.study, self.splits, self.images = study, splits, images
        self.numbers: dict[str, Any] = {}

    def derive(self) -> None:
        """2.3.1: every Jacobian, by its formula and by central differences."""
        train, columns = self.splits.train, COLUMNS[self.study.quick]
        image = train.images[0].reshape(-1) / 255  # (H, W) -> (H * W,)
        self.numbers["jacobians"] = check_jacobians(image, int(train.labels[0]), seed=0, columns=columns)

    def by_hand(self) -> None:
        """2.2 to 2.4: the course's class, stepped as the document says, beside the engine."""
        recipe = find_recipe(RECIPE)
        net = _own(build_network(recipe).state_dict())
        first = {"W1": float(net.W1.std()), "W2": float(net.W2.std())}
        first |= {name: float(np.abs(getattr(net, name)).max()) for name in ("b1", "b2")}
        size, train = recipe.train.batch_size, self.splits.train
        order = shuffled_indices(len(train), seed=recipe.train.seed, epoch=0)
        steps = min(OWN_STEPS, -(-len(train) // size))
        for step in range(steps):
            x, labels = batch(train, order[step * size : (step + 1) * size])
            net.reset_grad()
            net.forward(x.reshape(len(x), -1))  # (N, 1, 28, 28) -> (N, 784)
            net.update_grad(one_hot(labels))
            net.update_params(0.256 / len(x))  # 0.001 for a whole batch of 256
        result = fitted(
            self.study, RECIPE, [f"train.steps={steps}"], splits=self.splits, label="mlp, the first steps"
        )
        twin = _own(result.network.state_dict())
        parts = ("W1", "b1", "W2", "b2")
        difference = max(float(np.abs(getattr(net, part) - getattr(twin, part)).max()) for part in parts)
        self.numbers["own"] = {"steps": steps, "difference": difference, "first": first}

    def train(self) -> None:
        """2.4 and 2.5: few images and many, with the document's settings."""
        epochs = QUICK_EPOCHS if self.study.quick else EPOCHS
        few = self._fitted("few", few_images(self.splits), epochs["few"])
        self.stated = self._fitted("many", self.splits, epochs["many"])
        self.numbers |= {"few": few.curve(), "many": self.stated.curve()}
        for name in ("few", "many"):
            self.study.figure(f"mlp_{name}", accuracy_curves(self.numbers[name], "MLP"))

    def _fitted(self, name: str, splits: Splits, epochs: int) -> Fitted:
        label = f"mlp, {len(splits.train):,} images"
        return fitted(self.study, RECIPE, [f"train.epochs={epochs}"], splits=splits, label=label, curve=True)

    def improve(self) -> None:
        """2.6: what the document names, each alone and together; chosen by the validation images."""
        self.improved = improve(self.study, RECIPE, self.splits, self.images, self.stated)
        self.numbers |= {
            "rows": self.improved.rows,
            "tried": self.improved.tried,
            "chosen": self.improved.chosen,
        }
        self.study.figure("mlp_improvements", improvement_curves(self.improved.rows))

    def look(self) -> None:
        """2.8: the templates of the stated network and of the chosen one."""
        first = build_network(self.stated.recipe).state_dict()["1.weight"]
        found = {}
        for name, result in (("stated", self.stated), ("chosen", self.improved.best)):
            found[name] = templates(result, first, self.splits.train)
            weight = _own(result.network.state_dict()).W1
            self.study.figure(
                f"mlp_templates_{name}",
                pictures_figure(
                    weight.reshape(-1, 28, 28), titles=favourites(result), columns=8, signed=True
                ),
            )
        self.numbers["templates"] = found

    def test(self) -> None:
        """2.6 and 2.7: the test set, once everything is trained and chosen."""
        numbers, best, test = self.numbers, self.improved.best, self.improved.best.splits.test
        numbers["test"] = {"stated": self.stated.tested(), "chosen": best.tested()}
        numbers["points"] = {
            name: accuracy_points(found["accuracy"], PAR[RECIPE]) for name, found in numbers["test"].items()
        }
        scores = best.scores(test)
        numbers["mistakes"] = mistakes(scores, test)
        matrix = np.array(numbers["mistakes"]["matrix"])
        self.study.figure("mlp_confusion", confusion_figure(matrix))
        places = worst_read(scores, test, numbers["mistakes"]["hardest"], WORST)
        read = scores[places].argmax(axis=1)
        titles = [f"{true} as {guess}" for true, guess in zip(test.labels[places], read, strict=True)]
        self.study.figure(
            "mlp_hardest", pictures_figure(test.images[places].reshape(-1, 28, 28), titles=titles, columns=8)
        )


def _own(state: dict[str, Array]) -> MLP:
    """The course's class with the weights of a network of the recipe."""
    net = MLP()
    net.W1, net.b1, net.W2, net.b2 = (value.astype(np.float64) for value in state.values())
    return net
