"""One image at a time: there are no other images to fill the lanes, so they hold pixels or features instead.

The maps lie as NumPy has them, (C, H, W). What is neither a convolution nor a matrix product has so little
to do for one image that its ordinary kernel, made for a machine with a single lane, is quick enough.
"""

from math import ceil

from handgrad.engine.compiled.kernels.convolution import Convolution
from handgrad.engine.compiled.kernels.geometry import parts
from handgrad.engine.compiled.kernels.tile import best_shape, sums
from handgrad.engine.compiled.native.emitter import Int, Kernel, Pointer
from handgrad.engine.compiled.native.machine import Machine

VECTORS = 4  # of neighbouring pixels in a tile
ROWS = 8  # of a matrix that share the loads of x


def positions(shape: Convolution) -> int:
    """From the first output pixel to the last, counted along the rows of the input."""
    win = shape.windows
    return (win.OH - 1) * win.W + win.OW


def channel_parts(shape: Convolution, registers: int) -> list[int]:
    """Output channels of each tile within a group."""
    return parts(shape.O // shape.groups, best_shape(shape.O, VECTORS, registers, 0, 1).rows)


def convolution_single(machine: Machine, name: str, *, shape: Convolution) -> Kernel:
    """y = w ⋆ x + b of one image, stride 1, no padding; and ReLU.

    Output pixel (i, j) is written at i · W + j, as wide as the input's rows: so every tap is one shift of the
    whole map, and a vector may reach over the end of a row. What it computes there is never read.

    Arguments of the kernel: x (C, H, W, and a vector's length behind), w, b, y (O, H · W, and as much
    behind). Task: a tile of channels and, of the pixels, a tile of vectors.
    """
    k = Kernel(name, machine, "x w b y")
    L = k.L
    sizes = channel_parts(shape, k.registers)
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    of_group = shape.O // shape.groups
    pixel_tiles = ceil(positions(shape) / (VECTORS * L))
    tile, rest = k.task % pixel_tiles, k.task // pixel_tiles
    group, number = rest // len(sizes), rest % len(sizes)
    last = max(0, positions(shape) - VECTORS * L)  # the last tile overlaps the one before it
    first_pixel = (tile * (VECTORS * L)).least(last)
    for index, size in enumerate(sizes):
        with k.when(number.equals(index)):
            channel = group * of_group + starts[index]
            x = k.pointer("x") + group * (shape.C // shape.groups * shape.pixels_in) + first_pixel
            y = k.pointer("y") + channel * shape.pixels_in + first_pixel
            _channels(
                k, shape, size, x, k.pointer("w") + channel * shape.weights, k.pointer("b") + channel, y
            )
    return k


def _channels(
    k: Kernel, shape: Convolution, size: int, x: Pointer, w: Pointer, b: Pointer, y: Pointer
) -> None:
    win, L = shape.windows, k.L
    acc = sums(k, [k.broadcast(b + a) for a in range(size)], VECTORS)
    for c in k.loop(0, shape.C // shape.groups):
        for d in k.loop(0, win.KH):
            row = x + (c * win.H + d) * win.W
            weight = w + (c * win.KH + d) * win.KW
            for e in range(win.KW):
                loaded = [k.load(row + (e + v * L)) for v in range(VECTORS)]
                for a in range(size):
                    number = k.broadcast(weight + (a * shape.weights + e))
                    for v in range(VECTORS):
                        acc[a][v].set(number.times_plus(loaded[v], acc[a][v].get()))
    for a in range(size):
        for v in range(VECTORS):
            value = acc[a][v].get()
            value = value.largest_of_zero() if shape.relu else value
            place, left = y + (a * shape.pixels_in + v * L), positions(shape) - v * L
            if left >= L:
                k.store(value, place)
            elif left > 0:  # so small a map that the next one begins within this tile
                k.store_some(value, place, left)


def linear_single(machine: Machine, name: str, *, rows: int, columns: int, relu: bool) -> Kernel:
    """y = W x + b of one image, and ReLU: vectors of neighbouring features, whose lanes are added at the end.

    Arguments of the kernel: w, b, x (I), y (O), pieces. Task: a piece of the rows.
    """
    k = Kernel(name, machine, "w b x y pieces")
    pieces = k.arguments["pieces"]
    tiles = ceil(rows / ROWS)
    for tile in k.loop(k.task * tiles // pieces, (k.task + 1) * tiles // pieces):
        if rows >= ROWS:
            _rows(k, (tile * ROWS).least(rows - ROWS), ROWS, columns, relu)  # the last tile may overlap
        else:
            _rows(k, tile, rows, columns, relu)
    return k


def _rows(k: Kernel, first: Int, size: int, columns: int, relu: bool) -> None:
    L, w, x, y, b = k.L, k.pointer("w"), k.pointer("x"), k.pointer("y"), k.pointer("b")
    acc = sums(k, [k.zero()] * size, 1)
    whole = columns // L * L
    for i in k.loop(0, whole, L):
        vector = k.load(x + i)
        for a in range(size):
            weight = k.load(w + ((first + a) * columns + i))
            acc[a][0].set(weight.times_plus(vector, acc[a][0].get()))
    if columns > whole:
        rest = columns - whole
        vector = k.load_some(x + whole, rest)
        for a in range(size):
            weight = k.load_some(w + ((first + a) * columns + whole), rest)
            acc[a][0].set(weight.times_plus(vector, acc[a][0].get()))
    for a in range(size):
        total = k.spread(acc[a][0].get().lanes_total()) + k.broadcast(b + (first + a))
        k.store_one((total.largest_of_zero() if relu else total).lane(0), y + (first + a))


def pad_single(machine: Machine, name: str, *, shape: Convolution) -> Kernel:
    """Zeros around maps. Arguments of the kernel: x (C, H, W), y (C, H + 2p, W + 2p). Task: a map."""
    k = Kernel(name, machine, "x y")
    win = shape.windows
    wide = win.W + 2 * win.PW
    x = k.pointer("x") + k.task * (win.H * win.W)
    y = k.pointer("y") + k.task * ((win.H + 2 * win.PH) * wide)
    for i in k.loop(0, win.H):
        for j in k.loop(0, win.W):
            k.store_one(k.load_one(x + (i * win.W + j)), y + ((i + win.PH) * wide + j + win.PW))
    return k
