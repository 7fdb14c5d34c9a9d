"""A recipe: one experiment, complete, as a TOML file says it."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from handgrad.errors import RecipeError
from handgrad.recipes.values import check_keys, fits, in_words


@dataclass(frozen=True)
class Expects:
    """What the source says that the experiment should reach, and what the network is.

    Arguments:
        parameters: of the network, biases counted.
        test_accuracy: that the source claims, from 0 to 1.
        claim: in words.
    """

    parameters: int | None = None
    test_accuracy: float | None = None
    claim: str = ""


@dataclass(frozen=True)
class DataSection:
    """What is learnt.

    Arguments:
        name: "mnist", "fashion-mnist", "digits", or a folder.
        dir: the folder that the named set is in; empty: wherever it is found.
        verify: whether its files must have known checksums.
        validation: how many of the last training images are held out to choose by; None: as the data set
            has it, which for MNIST is 10,000.
        train_images, validation_images, test_images: use only the first of each; None: all.
        mean, std: of the normalisation (pixels / 255 − mean) / std; numbers, or lists with one a channel.
    """

    name: str = "mnist"
    dir: str = ""
    verify: bool = True
    validation: int | None = None
    train_images: int | None = None
    validation_images: int | None = None
    test_images: int | None = None
    mean: float | list[float] = 0.0
    std: float | list[float] = 1.0


@dataclass(frozen=True)
class NetworkSection:
    """What learns.

    Arguments:
        layers: one text for each layer, as its repr prints it.
        input_shape: (C, H, W) of one image.
        weight_init, bias_init: initialisers for the layers that name none of their own, such as
            "Normal(std=0.1)"; empty: PyTorch's.
    """

    layers: list[str] = field(default_factory=list)
    input_shape: list[int] = field(default_factory=lambda: [1, 28, 28])
    weight_init: str = ""
    bias_init: str = ""


@dataclass(frozen=True)
class TrainSection:
    """For how long, in what portions, and how often to look; see `handgrad.train.Plan`.

    Arguments:
        epochs: passes over the training images; or
        steps: batches. One of the two; setting one clears the other.
        batch_size: images a step.
        every: steps between evaluations on the validation split; None: at each epoch's end.
        log_every: steps between further records.
        watch_every: steps between evaluations for display.
        patience: epochs after which to stop where none had a better validation accuracy (or loss, of equals).
        keep_best: end with the best epoch on the validation split.
        checkpoint_every: steps between checkpoints; a kill costs no more than these.
        seed: of first values, order, dropout and augmentation.
    """

    epochs: int | None = None
    steps: int | None = None
    batch_size: int = 64
    every: int | None = None
    log_every: int | None = None
    watch_every: int | None = None
    patience: int | None = None
    keep_best: bool = False
    checkpoint_every: int = 500
    seed: int = 0


FIXED: dict[str, type[Any]] = {
    "expects": Expects,
    "data": DataSection,
    "network": NetworkSection,
    "train": TrainSection,
}
"""The sections with fixed keys; the keys of the others depend on their ``type``."""

Table = dict[str, Any]
"""A section whose keys depend on its ``type``: the class's name, and its arguments."""

SEVERAL = "augment"
"""The section that may be a list of such tables, ``[[augment]]``."""


@dataclass(frozen=True)
class Recipe:
    """One experiment.

    Arguments:
        name: short, for the run folder.
        description: one sentence.
        source: where it comes from.
        expects, data, network, train: sections with fixed keys.
        loss, optimizer, schedule, clip, average, augment: tables with a ``type``; the last four may be empty,
            and augment may be several, ``[[augment]]``, applied one after the other.

    Example:
        >>> from handgrad.recipes import find_recipe
        >>> find_recipe("lenet").train.steps
        10000
    """

    name: str
    description: str = ""
    source: str = ""
    expects: Expects = field(default_factory=Expects)
    data: DataSection = field(default_factory=DataSection)
    network: NetworkSection = field(default_factory=NetworkSection)
    loss: Table = field(default_factory=lambda: {"type": "CrossEntropyLoss"})
    optimizer: Table = field(default_factory=dict)
    schedule: Table = field(default_factory=dict)
    clip: Table = field(default_factory=dict)
    average: Table = field(default_factory=dict)
    augment: Table | list[Table] = field(default_factory=dict)
    train: TrainSection = field(default_factory=TrainSection)

    def to_dict(self) -> dict[str, Any]:
        """The complete recipe as nested tables; what is not set is left out, as TOML knows no None."""
        tables = asdict(self)
        for name, value in tables.items():
            if isinstance(value, dict):
                tables[name] = {key: item for key, item in value.items() if item is not None}
        return {name: value for name, value in tables.items() if value not in ({}, [])}

    def to_toml(self) -> str:
        """The complete recipe, values at their default included, as TOML."""
        import tomli_w

        return tomli_w.dumps(self.to_dict(), multiline_strings=True)


SECTIONS = [item.name for item in fields(Recipe)]
TEXTS = [item.name for item in fields(Recipe) if item.type is str]


def parse_recipe(text: str, where: str) -> Recipe:
    """Read a recipe.

    Arguments:
        text: TOML.
        where: the file's name, for errors.

    Raises:
        RecipeError: no TOML, an unknown key, a value of the wrong kind.

    Example:
        >>> parse_recipe('name = "mine"', "mine.toml").train.batch_size
        64
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(where, expected="TOML", got=str(error)) from None
    return from_values(values, where)


def from_values(values: Mapping[str, Any], where: str) -> Recipe:
    """A recipe from nested tables, each key looked at; an empty table is as good as none.

    Arguments:
        values: what a TOML file holds.
        where: the file's name, for errors.

    Raises:
        RecipeError: an unknown key, a value of the wrong kind, no name.

    Example:
        >>> from_values({"name": "mine", "train": {"epochs": 3}}, "mine.toml").train.epochs
        3
    """
    check_keys(values, SECTIONS, where)
    parts: dict[str, Any] = {}
    for key, value in values.items():
        if key in TEXTS:
            if not isinstance(value, str):
                raise RecipeError(f"{where}: {key}", expected="a text in quotes", got=repr(value))
            parts[key] = value
        elif key == SEVERAL and isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            parts[key] = [dict(table) for table in value] or {}
        elif not isinstance(value, Mapping):
            expected = "a table, or a list of tables" if key == SEVERAL else "a table"
            raise RecipeError(f"{where}: {key}", expected=expected, got=repr(value))
        elif key in FIXED:
            parts[key] = _section(FIXED[key], value, f"{where}: {key}")
        elif value:
            parts[key] = dict(value)
    if "name" not in parts:
        raise RecipeError(where, expected="a name", got="none", hint='begin the file with name = "mine"')
    if not parts["name"].replace("-", "").replace("_", "").isalnum():
        raise RecipeError(f"{where}: name", expected="letters, digits, - and _", got=repr(parts["name"]))
    return Recipe(**parts)


def _section(kind: type[Any], values: Mapping[str, Any], where: str) -> Any:
    known = keys_of(kind)
    check_keys(values, known, where)
    for key, value in values.items():
        if not fits(value, known[key]):
            raise RecipeError(f"{where}.{key}", expected=in_words(known[key]), got=repr(value))
    return kind(**values)


def keys_of(section: type[Any]) -> dict[str, Any]:
    """The keys of a section with fixed ones, and the type of each."""
    return {item.name: item.type for item in fields(section)}
