"""Convolution forward, with bias, ReLU and pooling of the rows while they are still in the first cache."""

from dataclasses import dataclass

from handgrad.engine.compiled.kernels.channels import ChannelTiles
from handgrad.engine.compiled.kernels.geometry import Tile, Windows, tiles
from handgrad.engine.compiled.kernels.pooling import AT_ONCE, Pooling, plane, pool_row
from handgrad.engine.compiled.kernels.tile import Shape, Sums, accumulate, best_shape, sums
from handgrad.engine.compiled.native.emitter import I8, Int, Kernel, Pointer, Whole
from handgrad.engine.compiled.native.machine import Machine


@dataclass(frozen=True)
class Convolution:
    """What a convolution is made for, and what follows it at once.

    Arguments:
        C, O: channels of the input and the output.
        groups: blocks of channels that do not see each other.
        windows: the maps and the kernel.
        relu: whether ReLU follows.
        pooling: of the output, after that; None: none.
    """

    C: int
    O: int
    groups: int
    windows: Windows
    relu: bool = False
    pooling: Pooling | None = None

    @property
    def weights(self) -> int:
        """Of one output channel."""
        return self.C // self.groups * self.windows.KH * self.windows.KW

    @property
    def pixels_in(self) -> int:
        """Of one map of the input."""
        return self.windows.H * self.windows.W

    @property
    def pixels(self) -> int:
        """Of one map, as the convolution leaves it."""
        return self.windows.OH * self.windows.OW

    @property
    def pixels_out(self) -> int:
        """Of one map, after pooling."""
        return self.pooling.windows.OH * self.pooling.windows.OW if self.pooling else self.pixels

    @property
    def notes(self) -> int:
        """Bytes for each lane of one map that the way back needs: winners, or what ReLU let through."""
        if self.pooling is None:
            return 0
        return self.pixels_out if self.pooling.kind == "max" else self.pixels * self.relu

    def forward_shape(self, registers: int) -> Shape:
        """Output channels and columns that are computed together."""
        w = self.windows
        reach = w.KW - 1 if w.SW == 1 else w.KW * w.SW
        return best_shape(self.O // self.groups, w.OW, registers, reach, w.KW)


def convolution_forward(machine: Machine, name: str, *, shape: Convolution, keeps: bool) -> Kernel:
    """y = w ⋆ x + b, of one block of images and one tile of output channels.

    Arguments of the kernel: x (B, C, H, W, L), w, b, y (B, O, OH, OW, L) after pooling, notes (bytes for the
    way back, where ``keeps``), scratch and its floats for each thread. Task: block · tiles + tile.
    """
    k = Kernel(name, machine, "x w b y notes scratch scratch_size")
    L, win = k.L, shape.windows
    best = shape.forward_shape(k.registers)
    cut = ChannelTiles(shape.O, shape.groups, best.rows)
    block, tile = k.task // cut.count, k.task % cut.count
    x = k.pointer("x") + block * (shape.C * shape.pixels_in * L)
    for group, first, size in cut.each(k, tile):
        own_x = x + group * (shape.C // shape.groups * shape.pixels_in * L)
        weight, bias = k.pointer("w") + first * shape.weights, k.pointer("b") + first
        rows = _Rows(k, shape, best.columns, size, own_x, weight, bias)
        channel = block * shape.O + first
        y = k.pointer("y") + channel * (shape.pixels_out * L)
        if shape.pooling is None:
            for i in k.loop(0, win.OH):
                rows.compute(i, y + i * (win.OW * L), shape.pixels)
            continue
        scratch = k.pointer("scratch") + k.thread * k.arguments["scratch_size"]
        notes = k.pointer("notes", I8) + channel * (shape.notes * L)
        _pooled(rows, shape.pooling, y, notes if keeps and shape.notes else None, scratch)
    return k


def scratch_rows(shape: Convolution) -> int:
    """Rows of a map that are kept until they are pooled."""
    if shape.pooling is None:
        return 0
    return shape.pooling.windows.KH if shape.pooling.apart else shape.windows.OH


@dataclass(frozen=True)
class _Rows:
    """Computes rows of some output channels.

    Arguments:
        k, shape: of the kernel.
        widest: columns of a tile.
        size: how many channels.
        x: the maps of the channels' group.
        weight, bias: of the first channel.
    """

    k: Kernel
    shape: Convolution
    widest: int
    size: int
    x: Pointer
    weight: Pointer
    bias: Pointer

    def compute(self, i: Int, into: Pointer, plane_pixels: int) -> None:
        """Row ``i`` of each channel; those of neighbouring channels lie ``plane_pixels`` vectors apart."""
        k, win, L = self.k, self.shape.windows, self.k.L
        relu = self.shape.relu and not (self.shape.pooling and self.shape.pooling.kind == "max")
        left, right = win.columns_beyond
        for tile in tiles(k, win.OW, self.widest, left, right):
            acc = self._tile(i, tile)
            start = into + tile.start * L
            for a in range(self.size):
                for q in range(tile.width):
                    value = acc[a][q].get()
                    value = value.largest_of_zero() if relu else value
                    k.store(value, start + (q + a * plane_pixels) * L)

    def _tile(self, i: Int, tile: Tile) -> Sums:
        k, shape, win, L = self.k, self.shape, self.shape.windows, self.k.L
        acc = sums(k, [k.broadcast(self.bias + a) for a in range(self.size)], tile.width)
        taps = [
            (q, e, q * win.SW + e - win.PW)
            for q in range(tile.width)
            for e in range(win.KW)
            if tile.on_the_map(tile.offset * win.SW + q * win.SW + e - win.PW, win.W)
        ]
        lowest, highest = win.rows_below(i, k)
        for c in k.loop(0, shape.C // shape.groups):
            for d in k.loop(lowest, highest):
                row = self.x + ((c * win.H + i * win.SH + d - win.PH) * win.W + tile.start * win.SW) * L
                weight = self.weight + (c * win.KH + d) * win.KW
                vectors = {u: row + u * L for u in sorted({tap[2] for tap in taps})}
                numbers = [
                    {e: weight + (a * shape.weights + e) for e in range(win.KW)} for a in range(self.size)
                ]
                accumulate(k, acc, taps, vectors, numbers)
        return acc


def _pooled(rows: _Rows, pooling: Pooling, y: Pointer, notes: Pointer | None, scratch: Pointer) -> None:
    """All rows of some channels, each pooled as soon as the rows that it needs are there."""
    k, shape, win, L = rows.k, rows.shape, rows.shape.windows, rows.k.L
    pool, kept = pooling.windows, scratch_rows(shape)
    is_max = pooling.kind == "max"

    def compute(i: Int, place: Int) -> None:
        where = scratch + place * (win.OW * L)
        rows.compute(i, where, kept * win.OW)
        if notes and not is_max:
            for a in k.loop(0, rows.size):
                _note_what_passed(
                    k, win.OW, where + a * (kept * win.OW * L), notes + (i * win.OW + a * shape.pixels) * L
                )

    def pool_one(u: Int, first_row: Whole) -> None:
        for a in k.loop(0, rows.size):
            source = plane(k, scratch + (a * kept - first_row) * (win.OW * L), win.OW)
            target = plane(k, y + a * (shape.pixels_out * L), pool.OW)
            winner = plane(k, notes + a * (shape.pixels_out * L), pool.OW) if notes and is_max else None
            pool_row(k, pooling, u, source, target, winner, relu=shape.relu and is_max)

    if pooling.apart:
        for u in k.loop(0, pool.OH):
            for r in k.loop(0, pool.KH):
                compute(u * pool.SH + r, r)
            pool_one(u, u * pool.SH)
        return
    for i in k.loop(0, win.OH):
        compute(i, i)
    for u in k.loop(0, pool.OH):
        pool_one(u, 0)


def _note_what_passed(k: Kernel, width: int, row: Pointer, notes: Pointer) -> None:
    """1 for every number of a row that ReLU let through."""
    for tile in tiles(k, width, AT_ONCE):
        for number in range(tile.width):
            step = (k.whole(tile.start) + number) * k.L
            passed = (k.load(row + step) > 0.0).choose_whole(k.wholes(1), k.wholes(0))
            k.store_bytes(passed, notes + step)
