"""First values of parameters, which are random: held against the distribution that a course asks for."""

from collections.abc import Iterable, Mapping
from math import prod

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.case import Case, generator
from handgrad.checks.operations.networks import MLP
from handgrad.checks.operations.operation import Arrays, Operation

DEVIATION = 0.1
SURE = 1e-6
"""Of right first values this share would be called wrong: a seed decides, and it is fixed."""


def initial_cases() -> Iterable[Case]:
    """A new network, twice: of another seed it must have other weights."""
    for seed in (0, 1):
        yield Case(f"a new network, seed {seed}", {"lr": 0.0}, {}, None, frozenset({"forward"}), seed)


def initial_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """All values in a row: what came out where it is distributed rightly; numbers that are, where not."""
    found = got.get("forward")
    if found is not None and not oddity(found):
        return {"forward": found}
    return {"forward": np.concatenate([_drawn(name, shape) for name, shape in MLP.items()])}


def _drawn(name: str, shape: tuple[int, ...]) -> AnyArray:
    values = generator("initial", name).normal(0, DEVIATION, prod(shape))
    return np.zeros(prod(shape)) if name.startswith("b") else values


def oddity(values: AnyArray) -> str:
    """What is wrong with first values, in words; empty where nothing is.

    Arguments:
        values: W1, b1, W2 and b2, in a row.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> oddity(np.concatenate([rng.normal(size=64 * 784), np.zeros(64), np.zeros(650)]))
        'W1 has the deviation 1, not 0.1'
        >>> oddity(np.ones(3))
        '3 numbers, not 50890'
    """
    ends = np.cumsum([prod(shape) for shape in MLP.values()])
    if values.shape != (ends[-1],):
        return f"{values.size} numbers, not {ends[-1]}"
    parts = np.split(values.astype(np.float64), ends[:-1])
    return next(filter(None, (_odd(name, part) for name, part in zip(MLP, parts, strict=True))), "")


def _odd(name: str, values: AnyArray) -> str:
    """What is wrong with one parameter."""
    if name.startswith("b"):
        return f"{name} is not zeros" if np.any(values) else ""
    deviation = float(values.std())
    if not abs(deviation / DEVIATION - 1) <= 5 / np.sqrt(2 * values.size):  # nan is neither
        return f"{name} has the deviation {deviation:.3g}, not {DEVIATION}"
    from scipy import stats  # here: it is slow to import, and hardly ever needed

    if float(stats.kstest(values, "norm", args=(0.0, DEVIATION)).pvalue) < SURE:
        return f"{name} has the deviation {DEVIATION}, but is not Gaussian about 0"
    return ""


OPERATIONS = (Operation("initial_values", initial_right, initial_cases, {}, page="linear", slopes=False),)
