"""A fully connected layer for many images as NumPy has them; a vector is L neighbouring outputs of one image.

The weights are laid out for it, (⌈O/L⌉, I, L), which is little work beside the product with many images; the
images are read where they lie. Sums are formed in the order of `linear_product`, to the same bits.
"""

from math import ceil

from handgrad.engine.compiled.kernels.activation import forward
from handgrad.engine.compiled.kernels.geometry import parts
from handgrad.engine.compiled.kernels.tile import accumulate
from handgrad.engine.compiled.native.emitter import I64, Int, Kernel, Variable
from handgrad.engine.compiled.native.machine import Machine

VECTORS = 4  # of outputs in one tile; 2 and 1 are 3% and 8% slower for 784 inputs and 64 outputs
LARGEST_TILE = 14  # images


def images_in_tile(outputs: int, machine: Machine) -> int:
    """Images of a tile: what the registers hold."""
    width = max(parts(ceil(outputs / machine.lanes), VECTORS))
    return min(LARGEST_TILE, (machine.registers - width - 1) // width)


def linear_rows(machine: Machine, name: str, *, rows: int, columns: int, activation: str) -> Kernel:
    """y[n, o] = f(b[o] + Σᵢ W[o, i] · x[n, i]) for at least as many images as a tile has.

    Arguments:
        machine, name: of the kernel.
        rows: how many o.
        columns: how many i.
        activation: f, one of `KINDS`; empty: none.

    Arguments of the kernel: x (where its address stands), stride (floats from one row of x to the next), w
    (⌈O/L⌉, I, L), b (O,), y (N, O padded to whole vectors), extra (a float, of f), images, pieces. Task: a
    piece of the images. The last tile of all reaches back over the one before it, and repeats its results.
    """
    k = Kernel(name, machine, "x stride w b y extra images pieces")
    images, pieces = k.numbers("images pieces")
    size, vectors = images_in_tile(rows, machine), ceil(rows / k.L)
    tiles = (images + (size - 1)) // size
    low, high = k.task * tiles // pieces, (k.task + 1) * tiles // pieces
    first = 0
    for width in parts(vectors, VECTORS):
        for tile in k.loop(low, high):
            _tile(k, (tile * size).least(images - size), first, (size, width), (rows, columns), activation)
        first += width
    return k


def _tile(
    k: Kernel, n: Int, first: int, tile: tuple[int, int], shape: tuple[int, int], activation: str
) -> None:
    """Some images from n on, and some vectors of outputs from ``first`` on."""
    (size, width), (rows, columns), L = tile, shape, k.L
    stride = k.arguments["stride"]
    x = k.address(k.load_int(k.pointer("x", I64))) + n * stride
    w, b = k.pointer("w") + first * columns * L, k.pointer("b") + first * L
    starts = []
    for v in range(width):
        count = rows - (first + v) * L
        starts.append(k.load(b + v * L) if count >= L else k.load_some(b + v * L, count))
    acc = [[Variable(k, start) for start in starts] for _ in range(size)]
    for i in k.loop(0, columns):
        weights = {v: w + (i + v * columns) * L for v in range(width)}
        numbers = [{0: x + (stride * a + i)} for a in range(size)]
        accumulate(k, acc, [(v, 0, v) for v in range(width)], weights, numbers)
    y = k.pointer("y") + n * (ceil(rows / L) * L)
    for a in range(size):
        for v in range(width):
            value = acc[a][v].get()
            if activation:
                value = forward(k, activation, value, k.real("extra"))
            k.store(value, y + (a * ceil(rows / L) + first + v) * L)
