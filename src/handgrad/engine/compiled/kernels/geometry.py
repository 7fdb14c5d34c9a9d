"""Windows over maps in the batch-blocked layout, and how a row of them is cut into tiles."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from handgrad.engine.compiled.native.emitter import Kernel, Whole

UNROLLED = 4  # tiles of a row that are written out one by one; of more, the inner ones become a loop


@dataclass(frozen=True)
class Windows:
    """A kernel that slides over maps.

    Arguments:
        H, W: of the maps, in pixels.
        KH, KW: of the kernel.
        SH, SW: the stride.
        PH, PW: the padding.
    """

    H: int
    W: int
    KH: int
    KW: int
    SH: int
    SW: int
    PH: int
    PW: int

    @property
    def OH(self) -> int:  # noqa: N802
        """Rows of the output."""
        return (self.H + 2 * self.PH - self.KH) // self.SH + 1

    @property
    def OW(self) -> int:  # noqa: N802
        """Columns of the output."""
        return (self.W + 2 * self.PW - self.KW) // self.SW + 1

    @property
    def columns_beyond(self) -> tuple[int, int]:
        """Output columns at the left and at the right whose windows reach over the edge of the map."""
        inside = (self.W + self.PW - self.KW) // self.SW + 1
        return ceil(self.PW / self.SW), max(0, self.OW - inside)

    def rows_below(self, i: Whole, k: Kernel) -> tuple[Whole, Whole]:
        """The first kernel row, and the one after the last, that lie on the map for output row ``i``."""
        if not self.PH:
            return 0, self.KH
        first = k.whole(self.PH) - k.whole(i) * self.SH
        return first.most(0), (first + self.H).least(self.KH)


@dataclass(frozen=True)
class Tile:
    """Neighbouring columns that are computed together.

    Arguments:
        start: the first one.
        width: how many.
    """

    start: Whole
    width: int

    @property
    def offset(self) -> int:
        """The start, where it is known; inside a loop 0, as all counts from the tile there."""
        return self.start if isinstance(self.start, int) else 0

    def on_the_map(self, column: int, size: int) -> bool:
        """Whether an input column, counted from that of ``start = 0``, exists; inside a loop all do."""
        return not isinstance(self.start, int) or 0 <= column < size


def tiles(k: Kernel, columns: int, widest: int, left: int = 0, right: int = 0) -> Iterator[Tile]:
    """Cut a row into tiles of nearly equal width.

    Arguments:
        k: where a loop over inner tiles is emitted, if there are many.
        columns: of the row.
        widest: columns that a tile may have.
        left, right: columns at either end whose windows reach over the edge of the map.
    """
    count = ceil(columns / widest)
    if count <= UNROLLED:
        edges = [columns * number // count for number in range(count + 1)]
        for start, stop in pairwise(edges):
            yield Tile(start, stop - start)
        return
    first = min(ceil(left / widest) * widest, columns)
    last = first + max(0, (columns - right - first) // widest) * widest
    for start in range(0, first, widest):
        yield Tile(start, min(widest, columns - start))
    if first < last:
        for inner_start in k.loop(first, last, widest):
            yield Tile(inner_start, widest)
    for start in range(last, columns, widest):
        yield Tile(start, min(widest, columns - start))


def parts(total: int, most: int) -> list[int]:
    """A number as a sum of as few parts as possible, none above ``most``, none much smaller than others.

    Example:
        >>> parts(50, 6)
        [6, 6, 6, 6, 6, 5, 5, 5, 5]
    """
    count = ceil(total / most)
    return [total // count + (number < total % count) for number in range(count)]
