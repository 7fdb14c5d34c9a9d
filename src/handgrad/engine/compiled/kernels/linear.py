"""Matrix products of a fully connected layer, forward and towards its input.

Both are y[b, m] = Σₖ a[m, k] · x[b, k] with vectors of L images for y and x, and with a = W or Wᵀ: only the
steps from one number of W to the next differ. A tile takes several rows of a and up to four blocks of images,
so that each number of a, spread over a vector, serves several blocks.
"""

from collections.abc import Iterator
from math import ceil
from typing import Literal

from handgrad.engine.compiled.kernels.geometry import parts
from handgrad.engine.compiled.kernels.tile import accumulate, sums
from handgrad.engine.compiled.native.emitter import Int, Kernel
from handgrad.engine.compiled.native.machine import Machine

BLOCKS = 4  # of images in one tile, at most


def rows_for(blocks: int, registers: int) -> int:
    """Rows of a tile that has so many blocks: what the registers hold."""
    return max(1, min((registers - blocks - 1) // blocks, registers // 2 - 2))


def groups_of_blocks(blocks: int) -> int:
    """Into how many tiles the blocks of a batch are cut."""
    return ceil(blocks / BLOCKS)


def linear_product(
    machine: Machine,
    name: str,
    *,
    rows: int,
    inner: int,
    way: Literal["forward", "back"],
    relu: bool = False,
    gated: bool = False,
) -> Kernel:
    """y[b, m] = start[m] + Σₖ a[m, k] · x[b, k].

    Arguments:
        machine, name: of the kernel.
        rows: how many m.
        inner: how many k.
        way: "forward": a = W, start = bias; "back": a = Wᵀ, start = 0.
        relu: whether ReLU follows.
        gated: whether a result counts only where ``gate`` is positive: the way back through a ReLU.

    Arguments of the kernel: w, start, x (B, K, L), y (B, M, L), gate (shaped as y), blocks, and pieces of the
    rows. Task: group of blocks · pieces + piece.
    """
    k = Kernel(name, machine, "w start x y gate blocks pieces")
    L = k.L
    blocks, pieces = k.numbers("blocks pieces")
    groups = (blocks + (BLOCKS - 1)) // BLOCKS
    group, piece = k.task // pieces, k.task % pieces
    first = group * blocks // groups
    count = (group + 1) * blocks // groups - first
    row_step, inner_step = (inner, 1) if way == "forward" else (1, rows)
    w, start = k.pointer("w"), k.pointer("start")
    x = k.pointer("x") + first * (inner * L)
    y, gate = (k.pointer(word) + first * (rows * L) for word in ("y", "gate"))
    for width in range(1, BLOCKS + 1):
        with k.when(count.equals(width)):
            for m, size in _row_tiles(k, rows, rows_for(width, k.registers), piece, pieces):
                acc = sums(
                    k,
                    [k.broadcast(start + m + a) if way == "forward" else k.zero() for a in range(size)],
                    width,
                )
                weight = w + m * row_step
                for step in k.loop(0, inner):
                    vectors = {b: x + (step + b * inner) * L for b in range(width)}
                    numbers = [{0: weight + (step * inner_step + a * row_step)} for a in range(size)]
                    accumulate(k, acc, [(b, 0, b) for b in range(width)], vectors, numbers)
                for a in range(size):
                    for b in range(width):
                        value = acc[a][b].get()
                        place = (m + (a + b * rows)) * L
                        if relu:
                            value = value.largest_of_zero()
                        if gated:
                            value = (k.load(gate + place) > 0.0).choose(value, 0.0)
                        k.store(value, y + place)
    return k


def _row_tiles(k: Kernel, rows: int, most: int, piece: Int, pieces: Int) -> Iterator[tuple[Int, int]]:
    """The rows of one piece, as (first row, size of the tile)."""
    sizes = parts(rows, most)
    large, small = sizes[0], sizes[-1]
    larges = sum(size == large for size in sizes)
    low, high = piece * len(sizes) // pieces, (piece + 1) * len(sizes) // pieces
    for tile in k.loop(low.least(larges), high.least(larges)):
        yield tile * large, large
    if small != large:
        for tile in k.loop(low.most(larges), high.most(larges)):
            yield (tile - larges) * small + larges * large, small


def row_pieces(rows: int, inner: int, groups: int) -> int:
    """Into how many pieces the rows are divided: enough for many cores, none too small to be worth it."""
    return max(1, min(ceil(rows * inner / SMALLEST), ceil(TASKS / groups), ceil(rows / 4)))


SMALLEST = 2048  # multiply-adds of vectors and blocks in a task: about 2 µs
TASKS = 32


def linear_dw(machine: Machine, name: str, *, rows: int, columns: int) -> Kernel:
    """dW[o, i] = Σₙ dy[n, o] · x[n, i],   db[o] = Σₙ dy[n, o].

    Here a vector is L neighbouring features of one image, and what is spread is one image's dy.

    Arguments of the kernel: dy (B, O, L), x as rows (B · L, I, padded to whole vectors), dw (O, I), db (O,),
    blocks, pieces of the columns and of the rows. Task: piece of columns · row pieces + piece of rows.
    """
    k = Kernel(name, machine, "dy x dw db blocks column_pieces row_pieces")
    L = k.L
    blocks, column_pieces, row_pieces = k.numbers("blocks column_pieces row_pieces")
    column_piece, row_piece = k.task // row_pieces, k.task % row_pieces
    dy, x, dw = k.pointer("dy"), k.pointer("x"), k.pointer("dw")
    vectors = ceil(columns / L)
    wide = parts(vectors, BLOCKS)
    for j, width in _row_tiles(k, vectors, BLOCKS, column_piece, column_pieces):
        for m, size in _row_tiles(k, rows, rows_for(max(wide), k.registers), row_piece, row_pieces):
            acc = sums(k, [k.zero()] * size, width)
            for block in k.loop(0, blocks):
                gradient = dy + (block * rows + m) * L
                for lane in k.loop(0, L):
                    row = x + ((block * L + lane) * vectors + j) * L
                    sources = {v: row + v * L for v in range(width)}
                    numbers = [{0: gradient + (lane + a * L)} for a in range(size)]
                    accumulate(k, acc, [(v, 0, v) for v in range(width)], sources, numbers)
            for a in range(size):
                for v in range(width):
                    place = dw + ((m + a) * columns + (j + v) * L)
                    if columns % L:  # the last vector of a row may reach beyond it
                        k.store_some(acc[a][v].get(), place, columns - (j + v) * L)
                    else:
                        k.store(acc[a][v].get(), place)
    with k.when(column_piece.equals(0)):
        _bias(k, rows, row_piece, row_pieces)
    return k


def _bias(k: Kernel, rows: int, piece: Int, pieces: Int) -> None:
    dy, db = k.pointer("dy"), k.pointer("db")
    for m in k.loop(piece * rows // pieces, (piece + 1) * rows // pieces):
        (total,) = sums(k, [k.zero()], 1)[0]
        for block in k.loop(0, k.arguments["blocks"]):
            total.set(total.get() + k.load(dy + (block * rows + m) * k.L))
        k.store_one(total.get().lanes_total(), db + m)
