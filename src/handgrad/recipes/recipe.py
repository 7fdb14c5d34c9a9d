"""A recipe: one experiment, complete, as a TOML file says it."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

from handgrad.errors import RecipeError


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
        validation: how many of the last training images are held out to choose by.
        train_images, validation_images, test_images: use only the first of each; None: all.
        mean, std: of the normalisation (pixels / 255 − mean) / std; numbers, or lists with one a channel.
    """

    name: str = "mnist"
    validation: int = 10_000
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
        patience: epochs without a better validation accuracy after which to stop.
        keep_best: end with the best epoch on the validation split.
        checkpoint_every: steps between checkpoints.
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


Table = dict[str, Any]
"""A section whose keys depend on its ``type``: the class's name, and its arguments."""

Section = TypeVar("Section", Expects, DataSection, NetworkSection, TrainSection)


@dataclass(frozen=True)
class Recipe:
    """One experiment.

    Arguments:
        name: short, for the run folder.
        description: one sentence.
        source: where it comes from.
        expects, data, network, train: sections with fixed keys.
        loss, optimizer, schedule, clip, average, augment: tables with a ``type``; the last four may be empty.

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
    augment: Table = field(default_factory=dict)
    train: TrainSection = field(default_factory=TrainSection)

    def to_toml(self) -> str:
        """The complete recipe, values at their default included, as TOML."""
        import tomli_w

        return tomli_w.dumps(_without_nothing(asdict(self)), multiline_strings=True)


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
    """A recipe from nested tables, each key looked at."""
    check_keys(values, [item.name for item in fields(Recipe)], where)
    parts: dict[str, Any] = {}
    sections = {"expects": Expects, "data": DataSection, "network": NetworkSection, "train": TrainSection}
    for key, value in values.items():
        if key in ("name", "description", "source"):
            parts[key] = _text(value, f"{where}: {key}")
        elif not isinstance(value, Mapping):
            raise RecipeError(f"{where}: {key}", expected="a table", got=repr(value))
        elif key in sections:
            parts[key] = _section(sections[key], value, f"{where}: {key}")
        else:
            parts[key] = dict(value)
    if "name" not in parts:
        raise RecipeError(where, expected="a name", got="none", hint='begin the file with name = "mine"')
    if not parts["name"].replace("-", "").replace("_", "").isalnum():
        raise RecipeError(f"{where}: name", expected="letters, digits, - and _", got=repr(parts["name"]))
    return Recipe(**parts)


def _section(kind: type[Section], values: Mapping[str, Any], where: str) -> Section:
    check_keys(values, [item.name for item in fields(kind)], where)
    known = {item.name: item for item in fields(kind)}
    for key, value in values.items():
        factory = known[key].default_factory
        example = known[key].default if factory is MISSING else factory()
        if not _fits(value, example, str(known[key].type)):
            raise RecipeError(f"{where}.{key}", expected=f"a value like {example!r}", got=repr(value))
    return kind(**values)


def _fits(value: Any, example: Any, declared: str) -> bool:
    """Whether a TOML value is of a kind that the field takes."""
    if isinstance(value, bool) or isinstance(example, bool):
        return isinstance(value, bool) and isinstance(example, bool)
    if isinstance(value, list):
        inner = str if "list[str]" in declared else int | float
        return "list" in declared and all(isinstance(item, inner) for item in value)
    if isinstance(value, str):
        return "str" in declared
    return isinstance(value, int) or (isinstance(value, float) and "float" in declared)


def check_keys(values: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    """Refuse a key that is not known, naming the nearest one.

    Raises:
        RecipeError: with that hint.
    """
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            raise RecipeError(
                where,
                expected=f"one of {', '.join(known)}",
                got=f"the unknown key {key!r}",
                hint=f"did you mean {near[0]}?".rstrip("?") if near else "",
            )


def override(recipe: Recipe, settings: Sequence[str]) -> Recipe:
    """The recipe with some values replaced.

    Setting ``train.epochs`` clears ``train.steps`` and the other way round; setting a section's ``type``
    starts that section afresh, with the new type's defaults.

    Arguments:
        recipe: stays as it is.
        settings: texts such as "train.epochs=3" or "optimizer.lr=0.02"; values are TOML, and a word
            without quotes is taken as text.

    Raises:
        RecipeError: no such key, or a value that it cannot have.

    Example:
        >>> from handgrad.recipes import find_recipe
        >>> override(find_recipe("lenet"), ["train.epochs=3"]).train.steps is None
        True
    """
    values = _without_nothing(asdict(recipe))
    for setting in sorted(settings, key=lambda text: not text.partition("=")[0].strip().endswith(".type")):
        key, equals, text = setting.partition("=")
        *path, last = key.strip().split(".")
        if not equals or not last or len(path) > 1:
            raise RecipeError(
                f"--set {setting}", expected="section.key=value", got=setting, hint="--set optimizer.lr=0.02"
            )
        check_keys(
            {path[0] if path else last: None}, [item.name for item in fields(Recipe)], f"--set {setting}"
        )
        table = values.setdefault(path[0], {}) if path else values
        if last == "type":
            table.clear()
        if path == ["train"] and last in ("epochs", "steps"):
            table.pop("steps" if last == "epochs" else "epochs", None)
        table[last] = _toml_value(text.strip())
    changed = from_values(values, f"recipe {recipe.name}")
    return replace(changed, name=recipe.name) if not any(s.startswith("name=") for s in settings) else changed


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text  # a word without quotes: --set optimizer.type=Adam


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise RecipeError(where, expected="a text in quotes", got=repr(value))
    return value


def _without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    """TOML knows no None: what is not set is left out, and so are empty tables."""
    kept = {
        key: _without_nothing(item) if isinstance(item, Mapping) else item for key, item in values.items()
    }
    return {key: item for key, item in kept.items() if item is not None and item != {}}
