"""Reading rubrics: those of the library by name, an instructor's own by path; every key looked at."""

import difflib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from importlib import resources
from pathlib import Path
from typing import Any

from handgrad.checks.styles import STYLES
from handgrad.errors import RubricError
from handgrad.grading.rubric import (
    Band,
    CheckRule,
    HandRule,
    ImportRule,
    Limits,
    Par,
    PenaltyRule,
    Rubric,
    Rule,
    TrainingRule,
    names_piece,
    piece_keys,
)
from handgrad.recipes.values import check_keys, fits, in_words

KINDS: dict[str, type[Rule]] = {
    "check": CheckRule,
    "training": TrainingRule,
    "test set": PenaltyRule,
    "by hand": HandRule,
}
"""What an ``[[item]]`` can be, by its ``kind``."""

VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
TABLES: dict[str, type[Any]] = {"imports": ImportRule, "limits": Limits}
TEXTS = ("name", "course", "title", "source")
TAKEN = ("submission", "points", "possible", "accuracy", "tier", "events", "warnings", "imports")
"""Names that no item may have: the table of the class has them already."""


def rubric_names() -> list[str]:
    """The rubrics that the library brings, by name.

    Example:
        >>> "hw5" in rubric_names()
        True
    """
    folder = resources.files("handgrad.grading") / "rubrics"
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def rubric_text(name: str) -> str:
    """A rubric of the library as it stands, to be copied and changed.

    Arguments:
        name: one of `rubric_names`.
    """
    return (resources.files("handgrad.grading") / "rubrics" / f"{name}.toml").read_text(encoding="utf-8")


def find_rubric(name: str) -> Rubric:
    """A rubric by the library's name for it, which is the course's, or by the path of a TOML file.

    Raises:
        RubricError: there is none, or it has a mistake; says where, and which names are near.

    Example:
        >>> find_rubric("cmu10601").checks[0].title
        'Q1. Pooling layer, forward'
    """
    if name in rubric_names():
        return parse_rubric(rubric_text(name), f"{name}.toml")
    path = Path(name)
    if path.is_file():
        try:
            return parse_rubric(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise RubricError(str(path), expected="a readable text file", got=str(error)) from None
    if path.suffix == ".toml":
        raise RubricError("rubric", expected="a TOML file", got=f"no file {name}", hint="check the path")
    near = difflib.get_close_matches(name, rubric_names(), n=1)
    raise RubricError(
        "rubric",
        expected=f"one of {', '.join(rubric_names())}, or a TOML file",
        got=repr(name),
        hint=f"did you mean {near[0]}" if near else "",
    )


def parse_rubric(text: str, where: str) -> Rubric:
    """Read a rubric.

    Arguments:
        text: TOML.
        where: the file's name, for errors.

    Raises:
        RubricError: no TOML, an unknown key, a value of the wrong kind, a piece that the course lacks.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RubricError(where, expected="TOML", got=str(error)) from None
    check_keys(values, [*TEXTS, *TABLES, "item"], where, RubricError)
    for key in TEXTS:
        if not isinstance(values.get(key, ""), str):
            raise RubricError(f"{where}: {key}", expected=in_words(str), got=repr(values[key]))
    _required(values, ("name", "course", "title", "item"), where)
    _name(values["name"], f"{where}: name")
    course = values["course"]
    if course not in STYLES:
        raise RubricError(f"{where}: course", expected=f"one of {', '.join(STYLES)}", got=repr(course))
    tables = {key: _table(kind, values.get(key, {}), f"{where}: {key}") for key, kind in TABLES.items()}
    for key, value in vars(tables["limits"]).items():
        if value <= 0:
            raise RubricError(f"{where}: limits: {key}", expected="a number above 0", got=str(value))
    items = values["item"]
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items) or not items:
        raise RubricError(f"{where}: item", expected="tables, each under [[item]]", got=repr(items))
    rules: list[Rule] = []
    for number, item in enumerate(items, 1):
        rule = _rule(item, f"{where}: item {number}", course)
        if rule.name in (*TAKEN, *(other.name for other in rules)):
            raise RubricError(
                f"{where}: item {number}: name", expected="a name of its own", got=f"{rule.name!r} again"
            )
        rules.append(rule)
    return Rubric(**{key: values.get(key, "") for key in TEXTS}, **tables, rules=tuple(rules))


def _rule(values: Mapping[str, Any], where: str, course: str) -> Rule:
    """One ``[[item]]``."""
    values = dict(values)
    kind = values.pop("kind", None)
    if kind not in KINDS:
        expected = f"one of {', '.join(KINDS)}"
        raise RubricError(f"{where}: kind", expected=expected, got="none" if kind is None else repr(kind))
    if isinstance(name := values.get("name"), str):
        where = f"{where}, {name!r}"
    if "bands" in values:
        values["bands"] = _bands(values["bands"], f"{where}: bands")
    if "par" in values:
        values["par"] = _table(Par, values["par"], f"{where}: par")
    rule: Rule = _table(KINDS[kind], values, where)
    _name(rule.name, f"{where}: name")
    if rule.visibility not in VISIBILITIES:
        expected = f"one of {', '.join(VISIBILITIES)}"
        raise RubricError(f"{where}: visibility", expected=expected, got=repr(rule.visibility))
    if isinstance(rule, TrainingRule):
        _check_training(rule, where)
    elif rule.points < 0:
        raise RubricError(f"{where}: points", expected="a number of at least 0", got=f"{rule.points:g}")
    if isinstance(rule, CheckRule):
        _check_pieces(rule, where, course)
    return rule


def _bands(values: Any, where: str) -> tuple[Band, ...]:
    if not isinstance(values, list) or not values:
        raise RubricError(
            where, expected="a list of tables with above or least, and points", got=repr(values)
        )
    bands = tuple(_table(Band, value, f"{where}, {number}") for number, value in enumerate(values, 1))
    for number, band in enumerate(bands, 1):
        if (band.above is None) == (band.least is None):
            got = "neither" if band.above is None else "both"
            raise RubricError(f"{where}, {number}", expected="either above or least", got=got)
    starts = [band.above if band.above is not None else band.least or 0.0 for band in bands]
    if starts != sorted(starts, reverse=True) or not all(0 <= start <= 1 for start in starts):
        got = ", ".join(f"{start:g}" for start in starts)
        raise RubricError(where, expected="accuracies from 1 down to 0, the best first", got=got)
    return bands


def _check_training(rule: TrainingRule, where: str) -> None:
    for one, other in (("epochs", "iterations"), ("bands", "par")):
        given = [key for key in (one, other) if getattr(rule, key)]
        if len(given) != 1:
            got = "both" if given else "neither"
            raise RubricError(where, expected=f"either {one} or {other}", got=got)
    for key in ("epochs", "iterations", "images", "batch_size", "rate", "seconds"):
        value = getattr(rule, key)
        if value is not None and value <= 0:
            raise RubricError(f"{where}: {key}", expected="a number above 0", got=f"{value:g}")
    if rule.par and not 0 <= rule.par.lowest <= rule.par.accuracy <= 1:
        got = f"lowest {rule.par.lowest:g}, accuracy {rule.par.accuracy:g}"
        raise RubricError(f"{where}: par", expected="0 ≤ lowest ≤ accuracy ≤ 1", got=got)


def _check_pieces(rule: CheckRule, where: str, course: str) -> None:
    keys = piece_keys(course)
    if not rule.pieces:
        raise RubricError(f"{where}: pieces", expected="at least one piece of the course", got="none")
    for name in rule.pieces:
        if not any(names_piece(name, key) for key in keys):
            short = list(dict.fromkeys(key.rpartition(":")[0] for key in keys))
            near = difflib.get_close_matches(name, [*short, *keys], n=1)
            raise RubricError(
                f"{where}: pieces",
                expected=f"pieces of {course}: {', '.join(short)}",
                got=repr(name),
                hint=f"did you mean {near[0]!r}" if near else "",
            )


def _table(kind: type[Any], values: Any, where: str) -> Any:
    """A table as the dataclass whose fields are its keys."""
    if isinstance(values, kind):
        return values
    if not isinstance(values, Mapping):
        raise RubricError(where, expected="a table", got=repr(values))
    known = {item.name: item for item in fields(kind)}
    check_keys(values, known, where, RubricError)
    for key, value in values.items():
        declared = known[key].type
        if not _ready(value, key) and not fits(value, declared):
            raise RubricError(f"{where}: {key}", expected=in_words(declared), got=repr(value))
        if isinstance(value, float) and not math.isfinite(value):
            raise RubricError(f"{where}: {key}", expected="a number", got=str(value))
    needed = [name for name, item in known.items() if _needed(item)]
    _required(values, needed, where)
    return kind(**values)


def _ready(value: Any, key: str) -> bool:
    """What was read as a table of its own before."""
    return (key == "bands" and isinstance(value, tuple)) or isinstance(value, Par)


def _needed(item: Any) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _required(values: Mapping[str, Any], keys: Any, where: str) -> None:
    missing = [
        key for key in keys if not values.get(key) and not isinstance(values.get(key), (int, float, list))
    ]
    if missing:
        raise RubricError(where, expected=f"{' and '.join(missing)}", got="none")


def _name(name: str, where: str) -> None:
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise RubricError(where, expected="letters, digits, - and _", got=repr(name))
