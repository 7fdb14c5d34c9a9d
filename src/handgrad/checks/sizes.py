"""Sizes written into the code: the numbers that stand in it are tried as sizes."""

from collections.abc import Sequence

import numpy as np

from handgrad.checks.calling import Caller
from handgrad.checks.case import Case, generator, spread_out
from handgrad.checks.lines import returns_zeros, sources_of, whole_numbers
from handgrad.checks.observing import Observation, look
from handgrad.checks.operations.convolution import conv2d_case, linear_case
from handgrad.checks.operations.operation import Operation
from handgrad.checks.operations.pooling import pooling_case

EFFORT = 50_000
"""Numbers in and out of all cases tried: loops over pixels take some microseconds for each."""

LARGEST = 6000
MANY = 1000  # images
MOST = 8
"""Numbers tried: more would make the check slow."""


def size_that_works(caller: Caller, operation: Operation, what: str) -> str:
    """Evidence that a result is right for one size only, which stands in the code as a number."""
    numbers = [number for number in whole_numbers(sources_of(caller.interface, caller.target)) if number > 2]
    effort = 0
    for number in numbers[:MOST]:
        for index, (words, case) in enumerate(_sized(operation.name, number, numbers)):
            cost = case.size + (0 if case.dy is None else case.dy.size)
            if effort + cost > EFFORT:
                continue
            effort += cost
            if _right(caller, operation, what, case):
                others = _sized(operation.name, number + 1, numbers)
                if index < len(others) and _right(caller, operation, what, others[index][1]):
                    continue  # right for other sizes too
                return f"right only for {words}: the number {number} stands in the code"
    return ""


def _right(caller: Caller, operation: Operation, what: str, case: Case) -> bool:
    """Whether this result is right in one case."""
    if not caller.interface.fits(case):
        return False
    seen = look(caller, operation, case)
    reached = what == "backward" or what in seen.outcome.got
    return seen.outcome.raised is None and what not in seen.wrong and reached


def strides_by_hand(caller: Caller) -> bool:
    """Whether the code makes windows with `as_strided`."""
    return any(
        "as_strided" in "".join(source.lines) for source in sources_of(caller.interface, caller.target)
    )


def divides_whole(caller: Caller, what: str) -> bool:
    """Whether the code divides with //, in what is more than an open function that returns zeros."""
    sources = sources_of(caller.interface, caller.target)
    return any("//" in "".join(one.lines) for one in sources) and not returns_zeros(sources, what)


def fixed_divisor(caller: Caller, bad: list[Observation], what: str) -> str:
    """Evidence that a result is divided by one number in every case, which stands in the code."""
    factors = []
    for seen in bad:
        got, right = seen.outcome.got.get(what), seen.expected.get(what)
        if got is None or right is None or got.shape != right.shape or not np.any(right):
            return ""
        factor = float((got * right).sum() / (right * right).sum())
        if factor <= 0 or not np.allclose(got, factor * right, rtol=1e-6, atol=1e-9):
            return ""
        factors.append(1 / factor)
    number = round(factors[0]) if factors else 0
    same = len(factors) > 1 and np.ptp(factors) < 1e-4 and abs(factors[0] - number) < 1e-4
    if same and number > 2 and number in whole_numbers(sources_of(caller.interface, caller.target)):
        return f"divided by {number} in every case, whatever its size"
    return ""


def _sized(operation: str, number: int, numbers: Sequence[int]) -> list[tuple[str, Case]]:
    """Cases in which the number is a size; other numbers of the code may be the number of channels."""
    if number > LARGEST:
        return []
    n = number
    found: list[tuple[str, tuple[int, ...]]] = []
    if operation == "conv2d":
        if n > 64:
            many = conv2d_case("usual", (n, 1, 3, 3, 1, 2, 2, 1, 0), "usual")
            return [(f"{n} images", many)] if n <= MANY else []
        for size in dict.fromkeys((n, n + 2, n + 4)):
            for K in (2, 3, 5):
                for O in (1, *(other for other in numbers[:4] if other <= 64 and K == 3)):
                    found.append((f"{size} x {size} images", (1, 1, size, size, O, K, K, 1, 0)))
                found.append((f"{size} x {size} images", (1, 1, size, size, 1, K, K, 1, K // 2)))
        found += [
            (f"{n} images", (n, 1, 3, 3, 1, 2, 2, 1, 0)),
            (f"{n} channels", (1, n, 3, 3, 1, 2, 2, 1, 0)),
            (f"{n} filters", (1, 1, 3, 3, n, 2, 2, 1, 0)),
            (f"{n} x {n} kernels", (1, 1, n + 2, n + 2, 1, n, n, 1, 0)),
        ]
        fitting = [(words, sizes) for words, sizes in found if sizes[2] + 2 * sizes[8] > sizes[5]]
        return [(words, conv2d_case(words, sizes, "usual")) for words, sizes in fitting]
    if operation in ("max_pool2d", "avg_pool2d"):
        if n > 64:
            many = pooling_case("usual", (n, 1, 4, 4, 2, 2, 2, 0), "usual")
            return [(f"{n} images", many)] if n <= MANY else []
        for size in (n,) if n > 16 else (n, 2 * n):
            for C in (1, *(other for other in numbers[:4] if other <= 64)):
                found.append((f"{size} x {size} images", (1, C, size, size, 2, 2, 2, 0)))
        found.append((f"{n} images", (n, 1, 4, 4, 2, 2, 2, 0)))
        found.append((f"{n} channels", (1, n, 4, 4, 2, 2, 2, 0)))
        return [(words, pooling_case(words, sizes, "usual")) for words, sizes in found]
    if operation == "linear":
        sizes = [(f"{n} inputs", (2, n), 2, n)]
        if n <= MANY:
            sizes += [(f"{n} rows", (n, 3), 2, 3), (f"{n} outputs", (2, 3), n, 3)]
        return [(words, linear_case("usual", x, O, I, "usual")) for words, x, O, I in sizes]
    return _rows(operation, n)


def _rows(operation: str, n: int) -> list[tuple[str, Case]]:
    """Rows and classes, for all that takes (N, K)."""
    if n > 1000:
        return []
    found = []
    for words, shape in ((f"{n} rows", (n, 3)), (f"{n} columns", (2, n)), (f"{n} rows of 10", (n, 10))):
        rng = generator("usual", operation, shape)
        x = spread_out(rng, *shape)
        arrays = {"x": x, "targets": np.arange(shape[0]) % shape[1]}
        if operation in ("euclidean_loss", "mse_loss"):
            arrays["targets"] = np.eye(shape[1])[arrays["targets"]]
        if operation in ("probability_cross_entropy", "summed_cross_entropy"):
            arrays["x"] = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        loss = operation.endswith(("entropy", "_loss"))
        if operation in ("relu", "sigmoid", "tanh", "elu", "leaky_relu", "softmax") or loss:
            given = arrays if loss else {"x": x}
            dy = None if loss else spread_out(rng, *shape)
            found.append((words, Case(words, {}, given, dy, frozenset({"usual"}))))
    return found
