"""Convolution forward, with bias, ReLU and pooling of the rows while they are still in the first cache."""

from dataclasses import dataclass

from handgrad.engine.compiled.kernels.channels import ChannelTiles
from handgrad.engine.compiled.kernels.geometry import Windows, tiles
from handgrad.engine.compiled.kernels.pooling import Place, Pooling, plane, pool_row
from handgrad.engine.compiled.kernels.tile import Shape, accumulate, best_shape, sums
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
    L, pooling = k.L, shape.pooling
    best = shape.forward_shape(k.registers)
    cut = ChannelTiles(shape.O, shape.groups, best.rows)
    block, tile = k.task // cut.count, k.task % cut.count
    x = k.pointer("x") + block * (shape.C * shape.pixels_in * L)
    for group, first, size in cut.each(k, tile):
        own_x = x + group * (shape.C // shape.groups * shape.pixels_in * L)
        w = k.pointer("w") + first * shape.weights
        b = k.pointer("b") + first
        channel = block * shape.O + first
        y = k.pointer("y") + channel * (shape.pixels_out * L)
        if pooling is None:
            for i in k.loop(0, shape.windows.OH):
                _row(k, shape, best.columns, size, i, own_x, w, b, lambda a, j, i=i: y + (i * shape.windows.OW + j + a * shape.pixels) * L)
            continue
        scratch = k.pointer("scratch") + k.thread * k.arguments["scratch_size"]
        notes = k.pointer("notes", I8) + channel * (shape.notes * L)
        _pooled_rows(k, shape, best.columns, size, own_x, w, b, y, notes if keeps else None, scratch)
    return k


def scratch_rows(shape: Convolution) -> int:
    """Rows of a map that are kept until they are pooled."""
    if shape.pooling is None:
        return 0
    return shape.pooling.windows.KH if shape.pooling.apart else shape.windows.OH


def _pooled_rows(k: Kernel, shape: Convolution, columns: int, size: int, x: Pointer, w: Pointer, b: Pointer, y: Pointer, notes: Pointer | None, scratch: Pointer) -> None:
    """All rows of some channels, each pooled as soon as the rows that it needs are there."""
    pooling, win, L = shape.pooling, shape.windows, k.L
    assert pooling is not None
    pool, kept = pooling.windows, scratch_rows(shape)

    def row(i: Whole, place: Whole) -> None:
        where = scratch + k.int(place) * (win.OW * L)
        _row(k, shape, columns, size, k.int(i), x, w, b, lambda a, j: where + (k.int(a * kept * win.OW) + j) * L)
        if shape.relu and pooling.kind == "avg" and notes is not None:
            for a in range(size):
                for tile in tiles(k, win.OW, 4):
                    for number in range(tile.width):
                        j = tile.start + number
                        passed = k.load(where + (k.int(a * kept * win.OW) + j) * L) > 0.0
                        spot = notes + (k.int(i) * win.OW + j + a * shape.pixels) * L
                        k.store_bytes(passed.choose_whole(k.wholes(1), k.wholes(0)), spot)

    def pooled(u: Int, first_row: Whole) -> None:
        for a in range(size):
            source = plane(k, scratch + a * kept * win.OW * L, win.OW)

            def shifted(r: Whole, c: Whole, source: Place = source) -> Pointer:
                return source(k.int(r) - first_row, c)

            target = plane(k, y + a * shape.pixels_out * L, pool.OW)
            winner = plane(k, notes + a * shape.pixels_out * L, pool.OW) if notes and pooling.kind == "max" else None
            pool_row(k, pooling, u, shifted, target, winner, relu=shape.relu and pooling.kind == "max")

    if not pooling.apart:
        for i in k.loop(0, win.OH):
            row(i, i)
        for u in k.loop(0, pool.OH):
            pooled(u, 0)
        return
    for u in k.loop(0, pool.OH):
        for r in k.loop(0, pool.KH):
            row(u * pool.SH + r, r)
        pooled(u, u * pool.SH)
    if shape.relu and pooling.kind == "avg" and notes is not None:
        return


def _row(k: Kernel, shape: Convolution, widest: int, size: int, i: Int, x: Pointer, w: Pointer, b: Pointer, place) -> None:
    """One row of some output channels."""
    win, L = shape.windows, k.L
    left = -(-win.PW // win.SW)
    right = max(0, win.OW - (win.W + win.PW - win.KW) // win.SW - 1)
    relu = shape.relu and not (shape.pooling and shape.pooling.kind == "max")
    for tile in tiles(k, win.OW, widest, left, right):
        acc = sums(k, [k.broadcast(b + a) for a in range(size)], tile.width)
        taps = [
            (q, dj, q * win.SW + dj - win.PW)
            for q in range(tile.width)
            for dj in range(win.KW)
            if tile.on_the_map((tile.start if isinstance(tile.start, int) else 0) * win.SW + q * win.SW + dj - win.PW, win.W)
        ]
        start = x + k.int(tile.start) * (win.SW * L)
        lowest, highest = win.rows_below(i, k)
        for c in k.loop(0, shape.C // shape.groups):
            for d in k.loop(lowest, highest):
                row = start + (c * win.H + i * win.SH + d - win.PH) * (win.W * L)
                weight = w + (c * win.KH + d) * win.KW
                vectors = {u: row + u * L for u in sorted({tap[2] for tap in taps})}
                numbers = [{dj: weight + (a * shape.weights + dj) for dj in range(win.KW)} for a in range(size)]
                accumulate(k, acc, taps, vectors, numbers)
        for a in range(size):
            for q in range(tile.width):
                value = acc[a][q].get()
                k.store(value.largest_of_zero() if relu else value, place(a, k.int(tile.start) + q))
