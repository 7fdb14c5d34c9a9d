"""Max- and average-pooling of maps in the batch-blocked layout, and a gradient's way back through them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from handgrad.engine.compiled.kernels.geometry import Tile, Windows, tiles
from handgrad.engine.compiled.native.emitter import I8, Int, Kernel, Mask, Pointer, Variable, Vector, Whole
from handgrad.engine.compiled.native.machine import Machine

NOBODY = 255
"""In the place of a winner: ReLU stopped it, and no gradient passes."""

LARGEST_WINDOW = 254  # pixels, so that a winner's number is a byte and is not `NOBODY`

AT_ONCE = 4  # columns written out in one step of a loop

Place = Callable[[Whole, Whole], Pointer]
"""Where the vector at (row, column) of a map lies."""


@dataclass(frozen=True)
class Pooling:
    """A pooling of maps.

    Arguments:
        kind: "max" or "avg".
        windows: the maps and the window.
    """

    kind: Literal["max", "avg"]
    windows: Windows

    @property
    def exact(self) -> bool:
        """Whether every pixel lies in exactly one window."""
        w = self.windows
        return (w.KH, w.KW) == (w.SH, w.SW) and not (w.PH or w.PW or w.H % w.KH or w.W % w.KW)

    @property
    def apart(self) -> bool:
        """Whether no pixel lies in two windows, and no window reaches over the edge."""
        w = self.windows
        return w.SH >= w.KH and w.SW >= w.KW and not (w.PH or w.PW)


def plane(k: Kernel, start: Pointer, width: int) -> Place:
    """A map that lies row by row from ``start`` on."""
    return lambda row, column: start + (k.whole(row) * width + column) * k.L


def columns(k: Kernel, pooling: Pooling) -> Iterator[Tile]:
    """The columns of a pooled row, as tiles."""
    w = pooling.windows
    return tiles(k, w.OW, AT_ONCE, *w.columns_beyond)


def pool_row(
    k: Kernel, pooling: Pooling, u: Int, x: Place, y: Place, winner: Place | None, *, relu: bool
) -> None:
    """One row of a pooled map; of equal maxima the first wins, as in `ops.max_pool2d_forward`.

    Arguments:
        k: the kernel.
        pooling: what is done.
        u: the row.
        x, y: the maps.
        winner: where it is kept which place of its window won (bytes), for the way back; None: nowhere.
        relu: whether ReLU comes between: only positive maxima have winners (max-pooling; the maximum is
            taken of what ReLU let through).
    """
    for tile in columns(k, pooling):
        for number in range(tile.width):
            v = tile.start + number
            if pooling.kind == "max":
                value, won = _maximum(k, pooling, u, tile, number, x)
                if relu:
                    won = (value > 0.0).choose_whole(won, k.wholes(NOBODY))
                    value = value.largest_of_zero()
                if winner:
                    k.store_bytes(won, winner(u, v))
            else:
                value = _mean(k, pooling, u, tile, number, x)
            k.store(value, y(u, v))


def _seen(
    k: Kernel, pooling: Pooling, u: Int, tile: Tile, number: int
) -> list[tuple[int, Any, Whole, Whole]]:
    """Of a window: each place's number, whether its row is on the map (None: always), its row and column."""
    w = pooling.windows
    found: list[tuple[int, Any, Whole, Whole]] = []
    for i in range(w.KH):
        row = u * w.SH + (i - w.PH)
        on_map = None
        if w.PH:
            on_map = k.builder.and_(row >= 0, row < w.H)
        for j in range(w.KW):
            column = tile.start * w.SW + (number * w.SW + j - w.PW)
            if not isinstance(column, int) or 0 <= column < w.W:
                found.append((i * w.KW + j, on_map, row, column))
    return found


def _maximum(k: Kernel, pooling: Pooling, u: Int, tile: Tile, number: int, x: Place) -> tuple[Vector, Any]:
    padded = bool(pooling.windows.PH or pooling.windows.PW)
    places = _seen(k, pooling, u, tile, number)
    best = Variable(k, k.number(float("-inf")) if padded else k.load(x(*places[0][2:])))
    won = Variable(k, Vector(k, k.wholes(0)))

    def hold_against(place: int, row: Whole, column: Whole) -> None:
        candidate, value = k.load(x(row, column)), best.get()
        better = candidate > value
        won.set(Vector(k, better.choose_whole(k.wholes(place), won.get().value)))
        best.set((better | candidate.is_nan()).choose(candidate, value))

    for place, on_map, row, column in places if padded else places[1:]:
        if on_map is None:
            hold_against(place, row, column)
        else:
            with k.when(on_map):
                hold_against(place, row, column)
    return best.get(), won.get().value


def _mean(k: Kernel, pooling: Pooling, u: Int, tile: Tile, number: int, x: Place) -> Vector:
    w = pooling.windows
    found = Variable(k, k.zero())
    for _, on_map, row, column in _seen(k, pooling, u, tile, number):
        if on_map is None:
            found.set(found.get() + k.load(x(row, column)))
        else:
            with k.when(on_map):
                found.set(found.get() + k.load(x(row, column)))
    return found.get() * (1.0 / (w.KH * w.KW))


def unpool_row(
    k: Kernel,
    pooling: Pooling,
    u: Int,
    dy: Place,
    winner: Place | None,
    dx: Place,
    passes: Callable[[Whole, Whole], Mask] | None,
    seen: Variable | None,
) -> None:
    """Send the gradient of one pooled row back to its windows' pixels.

    Arguments:
        k: the kernel.
        pooling: what was done.
        u: the row.
        dy: the gradient of the pooled map.
        winner: from `pool_row` (max-pooling).
        dx: the gradient of the map; where windows overlap or miss pixels, it must hold zeros before.
        passes: which pixels ReLU let through; None: all.
        seen: to which every gradient that arrives is added; None: to nothing.
    """
    w = pooling.windows
    for tile in columns(k, pooling):
        for number in range(tile.width):
            v = tile.start + number
            gradient = k.load(dy(u, v))
            won = None
            if pooling.kind == "avg":
                gradient = gradient * (1.0 / (w.KH * w.KW))
            elif winner:
                won = k.load_bytes(winner(u, v))

            def send(
                place: int, row: Whole, column: Whole, gradient: Vector = gradient, won: Any = won
            ) -> None:
                if won is not None:
                    mask = Mask(k, k.builder.icmp_signed("==", won, k.wholes(place)))
                    part = mask.choose(gradient, 0.0)
                else:
                    part = passes(row, column).choose(gradient, 0.0) if passes else gradient
                if seen and won is None:
                    seen.set(seen.get() + part)
                target = dx(row, column)
                k.store(part if pooling.apart else k.load(target) + part, target)

            if seen and won is not None:
                nobody = Mask(k, k.builder.icmp_signed("==", won, k.wholes(NOBODY)))
                seen.set(seen.get() + nobody.choose(0.0, gradient))
            for place, on_map, row, column in _seen(k, pooling, u, tile, number):
                if on_map is None:
                    send(place, row, column)
                else:
                    with k.when(on_map):
                        send(place, row, column)


def pool_forward(machine: Machine, name: str, *, pooling: Pooling, keeps: bool) -> Kernel:
    """Pooling alone. Arguments of the kernel: x, y, winners (bytes, where ``keeps``). Task: a map."""
    k = Kernel(name, machine, "x y winners")
    w = pooling.windows
    x = plane(k, k.pointer("x") + k.task * (w.H * w.W * k.L), w.W)
    y = plane(k, k.pointer("y") + k.task * (w.OH * w.OW * k.L), w.OW)
    winners = plane(k, k.pointer("winners", I8) + k.task * (w.OH * w.OW * k.L), w.OW)
    keeps = keeps and pooling.kind == "max"
    for u in k.loop(0, w.OH):
        pool_row(k, pooling, u, x, y, winners if keeps else None, relu=False)
    return k


def pool_wide(machine: Machine, name: str, *, pooling: Pooling | None, windows: Windows) -> Kernel:
    """Pooling of a map whose rows are as wide as those of the convolution's input; None: only made compact.

    Arguments of the kernel: x (C, H · W), y (C, OH, OW). Task: a map.
    """
    k = Kernel(name, machine, "x y")
    x = plane(k, k.pointer("x") + k.task * (windows.H * windows.W * k.L), windows.W)
    if pooling is None:
        y = plane(k, k.pointer("y") + k.task * (windows.OH * windows.OW * k.L), windows.OW)
        for u in k.loop(0, windows.OH):
            for v in k.loop(0, windows.OW):
                k.store(k.load(x(u, v)), y(u, v))
        return k
    w = pooling.windows
    y = plane(k, k.pointer("y") + k.task * (w.OH * w.OW * k.L), w.OW)
    for u in k.loop(0, w.OH):
        pool_row(k, pooling, u, x, y, None, relu=False)
    return k


def pool_backward(machine: Machine, name: str, *, pooling: Pooling) -> Kernel:
    """The way back. Arguments of the kernel: dy, winners (bytes), dx. Task: a map."""
    k = Kernel(name, machine, "dy winners dx")
    w = pooling.windows
    start = k.pointer("dx") + k.task * (w.H * w.W * k.L)
    if not pooling.exact:
        for index in k.loop(0, w.H * w.W):
            k.store(k.zero(), start + index * k.L)
    dy = plane(k, k.pointer("dy") + k.task * (w.OH * w.OW * k.L), w.OW)
    winners = plane(k, k.pointer("winners", I8) + k.task * (w.OH * w.OW * k.L), w.OW)
    won = winners if pooling.kind == "max" else None
    for u in k.loop(0, w.OH):
        unpool_row(k, pooling, u, dy, won, plane(k, start, w.W), None, None)
    return k
