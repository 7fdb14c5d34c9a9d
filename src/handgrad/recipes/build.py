"""From a recipe to the things that it names."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from handgrad import loss, optim
from handgrad._typing import Shape
from handgrad.data import Compose, ElasticTransform, Normalisation, RandomAffine, Splits
from handgrad.engine import Augmentation, Engine, compile
from handgrad.errors import ArgumentError, HandgradError, RecipeError
from handgrad.nn import Layer, Sequential, initialiser_from_text, layers_from_text
from handgrad.recipes.recipe import Recipe, Table
from handgrad.recipes.values import check_keys
from handgrad.train import Plan, Training

Kinds = Mapping[str, type[Any]]

LOSSES: Kinds = {
    kind.__name__: kind
    for kind in (loss.CrossEntropyLoss, loss.ProbabilityCrossEntropyLoss, loss.EuclideanLoss, loss.MSELoss)
}
OPTIMIZERS: Kinds = {
    kind.__name__: kind for kind in (optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad)
}
SCHEDULES: Kinds = {
    kind.__name__: kind
    for kind in (
        optim.ConstantLR,
        optim.StepLR,
        optim.ExponentialLR,
        optim.InverseDecayLR,
        optim.CosineAnnealingLR,
        optim.OneCycleLR,
    )
}
CLIPPINGS: Kinds = {kind.__name__: kind for kind in (optim.ClipGradNorm, optim.ClipGradValue)}
AVERAGES: Kinds = {
    kind.__name__: kind for kind in (optim.ExponentialMovingAverage, optim.StochasticWeightAverage)
}
AUGMENTATIONS: Kinds = {kind.__name__: kind for kind in (RandomAffine, ElasticTransform)}


def build_network(recipe: Recipe, own_layers: Mapping[str, type[Layer]] | None = None) -> Sequential:
    """The recipe's network, with its first values.

    Arguments:
        recipe: what to build.
        own_layers: layers that the library does not have, by class name.

    Raises:
        RecipeError, ShapeError: layers that do not exist, or do not fit together.
    """
    section, where = recipe.network, f"recipe {recipe.name}: network"
    if len(section.input_shape) != 3 or min(section.input_shape) < 1:
        raise RecipeError(
            f"{where}.input_shape",
            expected="[channels, height, width]",
            got=str(section.input_shape),
            hint="[1, 28, 28] is MNIST's",
        )
    layers = layers_from_text(section.layers, own_layers)
    if not layers:
        raise RecipeError(f"recipe {recipe.name}: network.layers", expected="at least one layer", got="none")
    for key in ("weight_init", "bias_init"):
        text = getattr(section, key)
        for layer in layers if text else ():
            if getattr(layer, key, text) is None:
                setattr(layer, key, initialiser_from_text(text, f"{where}.{key}"))
    network = Sequential(layers, seed=recipe.train.seed, input_shape=tuple(section.input_shape))
    try:
        for parameter in network.parameters().values():
            _ = parameter.value  # drawn here, where it can be said whose arguments were at fault
    except HandgradError:
        raise
    except (TypeError, ValueError) as error:
        expected = "initialisers whose arguments are numbers"
        raise RecipeError(where, expected=expected, got=str(error)) from None
    return network


def build_run(recipe: Recipe, network: Sequential, *, engine: str | None, threads: int | None) -> Engine:
    """The network, bound to the recipe's loss, optimizer, schedule, clipping and averaging.

    Raises:
        RecipeError: a type that does not exist, or options that it does not have.
    """
    return compile(
        network,
        loss=_required(recipe, "loss", LOSSES),
        optimizer=_required(recipe, "optimizer", OPTIMIZERS),
        schedule=_optional(recipe, "schedule", SCHEDULES),
        clip=_optional(recipe, "clip", CLIPPINGS),
        average=_optional(recipe, "average", AVERAGES),
        engine=engine,
        threads=threads,
        seed=recipe.train.seed,
    )


def build_training(recipe: Recipe, run: Engine, splits: Splits) -> Training:
    """The recipe's training of a run on data.

    Raises:
        RecipeError, ArgumentError: settings that make no sense; data that does not fit the network.
    """
    section = recipe.train
    check_input_shape(recipe, splits.train.input_shape, f"the images of {splits.train.name}")
    outputs = run.network.output_shape(splits.train.input_shape)
    if len(outputs) != 1 or outputs[0] < splits.train.classes:
        raise RecipeError(
            f"recipe {recipe.name}: network.layers",
            expected=f"at least {splits.train.classes} outputs, one for each class of {splits.train.name}",
            got=" x ".join(map(str, outputs)),
            hint="change the last layer",
        )
    try:
        plan = Plan(**{item.name: getattr(section, item.name) for item in fields(Plan)})
    except ArgumentError as error:
        where = f"recipe {recipe.name}: train"
        raise RecipeError(where, expected=error.expected, got=error.got, hint=error.hint) from None
    if section.checkpoint_every < 1:
        raise RecipeError(
            f"recipe {recipe.name}: train.checkpoint_every",
            expected="a whole number above 0",
            got=str(section.checkpoint_every),
        )
    return Training(
        run,
        splits.train,
        plan,
        validation=splits.validation,
        watch={"test": splits.test} if section.watch_every else None,
        augment=_augmentation(recipe),
    )


def check_input_shape(recipe: Recipe, shape: Shape, what: str) -> None:
    """Refuse images of another shape than the recipe's network takes.

    Arguments:
        recipe: says which shape.
        shape: (C, H, W) of the images.
        what: they are, for the error.

    Raises:
        RecipeError: the shapes differ.
    """
    if list(shape) != recipe.network.input_shape:
        raise RecipeError(
            f"recipe {recipe.name}: network.input_shape",
            expected=f"{list(shape)}, the shape of {what}",
            got=str(recipe.network.input_shape),
            hint="use other images, or --set network.input_shape=... with layers to match",
        )


def normalisation(recipe: Recipe) -> Normalisation:
    """What the recipe does to the pixels."""
    return Normalisation(
        *(tuple(v) if isinstance(v, list) else v for v in (recipe.data.mean, recipe.data.std))
    )


def prepare(recipe: Recipe, splits: Splits) -> Splits:
    """The data as the recipe uses it: limited and normalised.

    Raises:
        RecipeError: images of another shape than the network takes.
    """
    data = recipe.data
    check_input_shape(recipe, splits.train.input_shape, f"the images of {splits.train.name}")
    limited = splits.limit(data.train_images, data.validation_images, data.test_images)
    return limited.with_normalisation(normalisation(recipe))


def _augmentation(recipe: Recipe) -> Augmentation | None:
    """What changes the images: one augmentation, or the tables of a list one after the other."""
    tables, where = recipe.augment, f"recipe {recipe.name}: augment"
    if not isinstance(tables, list):
        one: Augmentation | None = _optional(recipe, "augment", AUGMENTATIONS)
        return one
    return Compose([_built(table, f"{where}[{at}]", AUGMENTATIONS) for at, table in enumerate(tables)])


def _required(recipe: Recipe, section: str, kinds: Kinds) -> Any:
    built = _optional(recipe, section, kinds)
    if built is None:
        raise RecipeError(
            f"recipe {recipe.name}: {section}", expected=f"a type, one of {', '.join(kinds)}", got="none"
        )
    return built


def _optional(recipe: Recipe, section: str, kinds: Kinds) -> Any:
    """Build what a table names, or None where the table is empty."""
    table: Table = getattr(recipe, section)
    return _built(table, f"recipe {recipe.name}: {section}", kinds) if table else None


def _built(table: Table, where: str, kinds: Kinds) -> Any:
    name = str(table.get("type", ""))
    if name not in kinds:
        near = difflib.get_close_matches(name, kinds, n=1)
        raise RecipeError(
            where,
            expected=f"a type, one of {', '.join(kinds)}",
            got=repr(name) if name else "none",
            hint=f"did you mean {near[0]}" if near else "",
        )
    kind: Callable[..., Any] = kinds[name]
    options = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    del options["type"]
    check_keys(options, [item.name for item in fields(kinds[name])], where)
    try:
        return kind(**options)
    except HandgradError as error:
        raise RecipeError(where, expected=error.expected, got=error.got, hint=error.hint) from None
    except TypeError as error:
        raise RecipeError(where, expected=f"the arguments of {name}", got=str(error)) from None
