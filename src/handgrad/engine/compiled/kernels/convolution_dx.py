"""The gradient of a convolution's input."""

from collections.abc import Iterator
from math import ceil

from handgrad.engine.compiled.kernels.channels import ChannelTiles
from handgrad.engine.compiled.kernels.convolution import Convolution
from handgrad.engine.compiled.kernels.geometry import Tile, tiles
from handgrad.engine.compiled.kernels.tile import Shape, accumulate, best_shape, sums
from handgrad.engine.compiled.native.emitter import Int, Kernel, Pointer
from handgrad.engine.compiled.native.machine import Machine


def dx_shape(shape: Convolution, registers: int) -> Shape:
    """Input channels and columns that are computed together; tiles begin where the stride's pattern does."""
    w = shape.windows
    found = best_shape(shape.C // shape.groups, w.W, registers, max(0, w.KW - w.SW), w.KW)
    return Shape(found.rows, max(1, found.columns // w.SW) * w.SW)


def dx_tiles(shape: Convolution, registers: int) -> ChannelTiles:
    """Input channels as the kernel's tasks divide them."""
    return ChannelTiles(shape.C, shape.groups, dx_shape(shape, registers).rows)


def convolution_dx(machine: Machine, name: str, *, shape: Convolution) -> Kernel:
    """dx[c, r, q] = Σ over o, d, e of w[o, c, d, e] · dy[o, (r + p − d) / s, (q + p − e) / s], of one block.

    Only pairs that exist are multiplied: of the columns that is known when the kernel is made, as tiles are
    parts of whole rows; so the padding that a flipped convolution would need costs nothing.

    Arguments of the kernel: dy (B, O, OH, OW, L), w, dx (B, C, H, W, L). Task: block · tiles + tile.
    """
    k = Kernel(name, machine, "dy w dx")
    best, win, L = dx_shape(shape, k.registers), shape.windows, k.L
    cut = dx_tiles(shape, k.registers)
    block, tile = k.task // cut.count, k.task % cut.count
    outputs = shape.O // shape.groups
    for group, first, size in cut.each(k, tile):
        dy = k.pointer("dy") + (block * shape.O + group * outputs) * (shape.pixels * L)
        channel = first - group * (shape.C // shape.groups)
        w = k.pointer("w") + (group * (outputs * shape.weights) + channel * (win.KH * win.KW))
        dx = k.pointer("dx") + (block * shape.C + first) * (shape.pixels_in * L)
        for row in k.loop(0, win.H):
            for piece in _columns(k, shape, best.columns):
                _piece(k, shape, size, row, piece, dy, w, dx)
    return k


def _columns(k: Kernel, shape: Convolution, widest: int) -> Iterator[Tile]:
    """A row of dx as tiles; with a stride they all begin where its pattern does."""
    win = shape.windows
    left = max(0, win.KW - 1 - win.PW)
    right = max(0, win.W - (win.OW * win.SW - win.PW))
    if win.SW == 1:
        yield from tiles(k, win.W, widest, left, right)
        return
    first = ceil(left / widest) * widest
    count = (win.W - right - win.SW - first) // widest
    if count < 2:
        first, count = 0, 0
    last = first + count * widest
    for start in range(0, first, widest):
        yield Tile(start, min(widest, win.W - start))
    if count:
        for inner_start in k.loop(first, last, widest):
            yield Tile(inner_start, widest)
    for start in range(last, win.W, widest):
        yield Tile(start, min(widest, win.W - start))


def _piece(
    k: Kernel, shape: Convolution, size: int, row: Int, piece: Tile, dy: Pointer, w: Pointer, dx: Pointer
) -> None:
    """One tile of one row of the input's gradient."""
    win, L = shape.windows, k.L
    in_loop = not isinstance(piece.start, int)
    taps = []
    for q in range(piece.width):
        for e in range(win.KW):
            source, rest = divmod(piece.offset + q + win.PW - e, win.SW)
            if rest == 0 and (in_loop or 0 <= source < win.OW):
                taps.append((q, e, source))
    acc = sums(k, [k.zero()] * size, piece.width)
    # kernel rows d with (row + p − d) divisible by the stride: d = first + t · s
    base = (row + win.PH) // win.SH
    first = row + win.PH - base * win.SH
    lowest = (base - (win.OH - 1)).most(0)
    highest = ((k.whole(win.KH - 1 + win.SH) - first) // win.SH).least(base + 1)
    shift = k.whole(piece.start) // win.SW if in_loop else 0
    if taps:
        for o in k.loop(0, shape.O // shape.groups):
            for t in k.loop(lowest, highest):
                source_row = dy + ((o * win.OH + base - t) * win.OW + shift) * L
                weight = w + (o * shape.weights + (first + t * win.SH) * win.KW)
                vectors = {u: source_row + u * L for u in sorted({tap[2] for tap in taps})}
                used = sorted({tap[1] for tap in taps})
                numbers = [{e: weight + (a * win.KH * win.KW + e) for e in used} for a in range(size)]
                accumulate(k, acc, taps, vectors, numbers)
    for a in range(size):
        for q in range(piece.width):
            place = dx + ((k.whole(a * win.H) + row) * win.W + piece.start + q) * L
            k.store(acc[a][q].get(), place)
