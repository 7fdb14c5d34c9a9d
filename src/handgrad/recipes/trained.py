"""What a run left behind, ready to use."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from handgrad._typing import AnyArray, Array
from handgrad.data import Normalisation
from handgrad.engine import Engine
from handgrad.errors import RunError
from handgrad.nn import Layer, Sequential
from handgrad.ops import softmax_forward
from handgrad.recipes.build import build_network, build_run, check_input_shape, normalisation
from handgrad.recipes.recipe import Recipe
from handgrad.recipes.running import recipe_of
from handgrad.train import RunFolder


@dataclass(frozen=True)
class Trained:
    """A trained network with the recipe that it came from.

    Arguments:
        folder: of the run.
        recipe: as it was run.
        network: with its trained weights.
        normalisation: what happens to pixels before the network sees them.
    """

    folder: RunFolder
    recipe: Recipe
    network: Sequential
    normalisation: Normalisation

    def compile(self, *, engine: str | None = None, threads: int | None = None) -> Engine:
        """Bind the network to the recipe's loss and optimizer, to evaluate it or to train it further."""
        return build_run(self.recipe, self.network, engine=engine, threads=threads)

    def predict(self, images: AnyArray) -> Array:
        """The network's output for raw images.

        Arguments:
            images: (N, H, W) or (N, C, H, W), bytes as they lie in files.

        Returns:
            (N, K).

        Raises:
            RecipeError: images of another shape than the network takes.
        """
        check_input_shape(self.recipe, (1, *images.shape[1:])[-3:], "these images")
        return self.compile().predict(self.normalisation.apply(images))

    def probabilities(self, images: AnyArray) -> Array | None:
        """How probable the network finds each class of raw images.

        Arguments:
            images: (N, H, W) or (N, C, H, W), bytes as they lie in files.

        Returns:
            (N, K), each row's sum 1; None where the recipe's loss does not make probabilities of scores.
        """
        scores, loss = self.predict(images), self.recipe.loss.get("type")
        if loss == "CrossEntropyLoss":
            return softmax_forward(scores)[0]
        return scores if loss == "ProbabilityCrossEntropyLoss" else None


def load(path: str | PathLike[str], own_layers: Mapping[str, type[Layer]] | None = None) -> Trained:
    """Open a run folder: the network with its weights, the recipe and the normalisation.

    Arguments:
        path: the folder, such as "runs/lenet-20260101-120000".
        own_layers: layers that the library does not have, by class name.

    Raises:
        RunError: no run folder, one of a newer version, or one without a model yet.
        WeightsError: its weights are damaged.

    Example:
        >>> trained = load("runs/lenet-20260101-120000")  # doctest: +SKIP
        >>> trained.network.summary((1, 28, 28)).parameters  # doctest: +SKIP
        431080
    """
    folder = RunFolder.open(Path(path))
    recipe = recipe_of(folder)
    network = build_network(recipe, own_layers)
    if not folder.model.exists():
        raise RunError(
            str(folder.path),
            expected="model.safetensors",
            got="none yet",
            hint=f"the run was stopped before its first checkpoint; handgrad train --resume {folder.path}",
        )
    network.load(folder.model)
    return Trained(folder, recipe, network, normalisation(recipe))
