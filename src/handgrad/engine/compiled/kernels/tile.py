"""The heart of convolution and of every matrix product: a tile of outputs held in registers.

A tile is ``rows`` x ``columns`` vectors of sums. One step of its innermost loop reads ``columns`` vectors and
``rows`` single numbers, and makes ``rows * columns`` multiply-adds of them: the larger the tile, the fewer
loads for each multiply-add. What limits it is the number of registers: the sums, the vectors in use and
one number spread over a vector must fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from handgrad.engine.compiled.native.emitter import Kernel, Pointer, Variable, Vector

Sums = list[list[Variable]]

ENOUGH = 10  # sums, so that the next multiply-add never waits for one that is under way


def sums(k: Kernel, first: Sequence[Vector], columns: int) -> Sums:
    """A tile, each row of which begins with one vector (a bias, or zero)."""
    return [[Variable(k, vector) for _ in range(columns)] for vector in first]


def accumulate(
    k: Kernel,
    tile: Sums,
    taps: Sequence[tuple[int, int, int]],
    vectors: Mapping[int, Pointer],
    numbers: Sequence[Mapping[int, Pointer]],
) -> None:
    """``tile[row][column] += number[row][tap] * vector[source]`` for every (column, tap, source).

    Arguments:
        k: the kernel.
        tile: of sums.
        taps: which vector meets which number in which column.
        vectors: where each source vector lies.
        numbers: for each row, where the number of each tap lies.
    """
    loaded = {source: k.load(place) for source, place in vectors.items()}
    now = [[variable.get() for variable in row] for row in tile]
    for tap in sorted({tap for _, tap, _ in taps}):
        for row, places in enumerate(numbers):
            number = k.broadcast(places[tap])
            for column, _, source in (item for item in taps if item[1] == tap):
                now[row][column] = number.times_plus(loaded[source], now[row][column])
    for variables, values in zip(tile, now, strict=True):
        for variable, value in zip(variables, values, strict=True):
            variable.set(value)


@dataclass(frozen=True)
class Shape:
    """How large a tile is.

    Arguments:
        rows: single numbers in use at once.
        columns: vectors in use at once.
    """

    rows: int
    columns: int


def best_shape(rows: int, columns: int, registers: int, reach: int, taps: int) -> Shape:
    """The tile that needs the fewest loads for each multiply-add.

    Arguments:
        rows: single numbers there are to choose from (output channels).
        columns: vectors in a row.
        registers: that the CPU has.
        reach: how many more source vectors than columns a tile needs.
        taps: numbers of each row that meet the same vectors.
    """

    def cost(shape: Shape) -> tuple[float, int]:
        r, c = ceil(rows / ceil(rows / shape.rows)), ceil(columns / ceil(columns / shape.columns))
        # of r rows some tiles have r, some r - 1: what counts is what is there on average
        mean_r, mean_c = rows / ceil(rows / r), columns / ceil(columns / c)
        loads = (mean_c + reach + mean_r * taps) / (mean_r * mean_c * taps)
        idle = max(0.0, ENOUGH - mean_r * mean_c) / ENOUGH  # too few sums: each waits for its last addition
        return loads + idle, -shape.rows * shape.columns

    fitting = [
        Shape(r, c)
        for r in range(1, min(rows, registers) + 1)
        for c in range(1, min(columns, registers) + 1)
        if r * c + c + reach + 1 <= registers
    ]
    return min(fitting or [Shape(1, 1)], key=cost)
