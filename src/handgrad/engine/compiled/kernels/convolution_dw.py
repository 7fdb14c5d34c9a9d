"""The gradients of a convolution's weight and bias."""

from math import ceil

from handgrad.engine.compiled.kernels.channels import ChannelTiles
from handgrad.engine.compiled.kernels.convolution import Convolution
from handgrad.engine.compiled.kernels.geometry import Tile, tiles
from handgrad.engine.compiled.kernels.spread import Source, spread
from handgrad.engine.compiled.native.emitter import Int, Kernel, Pointer, Variable, Vector
from handgrad.engine.compiled.native.machine import Machine

COLUMNS = 16  # of a row that are written out one after the other


def dw_tiles(shape: Convolution, registers: int) -> ChannelTiles:
    """Output channels as the kernel's tasks divide them: as many as have room beside a window of x."""
    KW = shape.windows.KW
    most = max(1, (registers - KW - 2) // KW)
    return ChannelTiles(shape.O, shape.groups, most)


def chunks(shape: Convolution, registers: int, blocks: int) -> int:
    """Into how many parts the blocks of a batch are divided, so that there is work for every core.

    A function of network and batch alone: with it the order of additions would change.
    """
    return min(blocks, ceil(TASKS / dw_tiles(shape, registers).count))


TASKS = 16


def dw_scratch(shape: Convolution, machine: Machine, source: Source) -> int:
    """Floats of scratch for each thread: sums for each lane, and the gradient of one tile's maps."""
    size = dw_tiles(shape, machine.registers).large
    maps = 0 if source == Source.DENSE else shape.pixels
    return size * (shape.weights + 1 + maps) * machine.lanes


def convolution_dw(machine: Machine, name: str, *, shape: Convolution, source: Source) -> Kernel:
    """dW = Σ over images and positions of dy · x,   db = Σ dy; of some blocks and one tile of channels.

    The sums of every lane are kept apart until a chunk of the batch is done; only then are they added.

    Arguments of the kernel: x, dy (see `Source`), y and notes (for `spread`), dw (chunks, O, C, KH, KW), db
    (chunks, O), scratch and its floats for each thread, blocks and chunks. Task: chunk · tiles + tile.
    """
    k = Kernel(name, machine, "x dy y notes dw db scratch scratch_size blocks chunks")
    win, L = shape.windows, k.L
    cut = dw_tiles(shape, k.registers)
    chunk, tile = k.task // cut.count, k.task % cut.count
    blocks, count = k.numbers("blocks chunks")
    for group, first, size in cut.each(k, tile):
        totals = k.pointer("scratch") + k.thread * k.arguments["scratch_size"]
        bias = totals + size * shape.weights * L
        maps = bias + size * L
        for index in k.loop(0, size * (shape.weights + 1)):
            k.store(k.zero(), totals + index * L)
        for block in k.loop(chunk * blocks // count, (chunk + 1) * blocks // count):
            channel = block * shape.O + first
            dy = k.pointer("dy") + channel * (shape.pixels * L) if source == Source.DENSE else maps
            for a in k.loop(0, size):
                seen = Variable(k, k.load(bias + a * L))
                if source == Source.DENSE:
                    for index in k.loop(0, shape.pixels):
                        seen.set(seen.get() + k.load(dy + (index + a * shape.pixels) * L))
                else:
                    spread(k, shape, channel + a, dy + a * (shape.pixels * L), seen)
                k.store(seen.get(), bias + a * L)
            own_x = k.pointer("x") + (block * shape.C + group * (shape.C // shape.groups)) * (
                shape.pixels_in * L
            )
            for c in k.loop(0, shape.C // shape.groups):
                for d in k.loop(0, win.KH):
                    _kernel_row(k, shape, size, c, d, own_x, dy, totals)
        place = chunk * shape.O + first
        dw = k.pointer("dw") + place * shape.weights
        for index in k.loop(0, size * shape.weights):
            k.store_one(k.load(totals + index * L).lanes_total(), dw + index)
        for a in k.loop(0, size):
            k.store_one(k.load(bias + a * L).lanes_total(), k.pointer("db") + place + a)
    return k


def _kernel_row(
    k: Kernel, shape: Convolution, size: int, c: Int, d: Int, x: Pointer, dy: Pointer, totals: Pointer
) -> None:
    """The sums of one row of the kernel, for one input channel and all output channels of a tile."""
    win, L = shape.windows, k.L
    place = totals + (c * win.KH + d) * (win.KW * L)
    acc = [
        [Variable(k, k.load(place + (a * shape.weights + e) * L)) for e in range(win.KW)] for a in range(size)
    ]
    # output rows whose input row i · s + d − p is on the map
    first = ((k.whole(win.PH + win.SH - 1) - d).most(0)) // win.SH
    last = ((k.whole(win.H + win.PH - 1 + win.SH) - d).most(0) // win.SH).least(win.OH)
    left, right = win.columns_beyond
    for i in k.loop(first, last):
        x_row = x + (c * win.H + i * win.SH + d - win.PH) * (win.W * L)
        dy_row = dy + i * (win.OW * L)
        for tile in tiles(k, win.OW, COLUMNS, left, right):
            _columns(k, shape, tile, x_row, dy_row, acc)
    for a in range(size):
        for e in range(win.KW):
            k.store(acc[a][e].get(), place + (a * shape.weights + e) * L)


def _columns(
    k: Kernel, shape: Convolution, tile: Tile, x_row: Pointer, dy_row: Pointer, acc: list[list[Variable]]
) -> None:
    win, L = shape.windows, k.L
    x_start = x_row + k.whole(tile.start) * (win.SW * L)
    loaded: dict[int, Vector] = {}
    now = [[variable.get() for variable in row] for row in acc]
    for q in range(tile.width):
        pairs = [(e, q * win.SW + e - win.PW) for e in range(win.KW)]
        pairs = [(e, u) for e, u in pairs if tile.on_the_map(tile.offset * win.SW + u, win.W)]
        for _, u in pairs:
            if u not in loaded:
                loaded[u] = k.load(x_start + u * L)
        for a, row in enumerate(now):
            gradient = k.load(dy_row + (k.whole(tile.start) + (q + a * shape.pixels)) * L)
            for e, u in pairs:
                row[e] = gradient.times_plus(loaded[u], row[e])
    for variables, row in zip(acc, now, strict=True):
        for variable, vector in zip(variables, row, strict=True):
            variable.set(vector)
