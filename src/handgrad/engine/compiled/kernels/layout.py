"""Between rows, as NumPy has them (one image after the other), and blocks of L images side by side."""

from math import ceil
from typing import Literal

from llvmlite import ir

from handgrad.engine.compiled.native.emitter import F32, I8, I32, I64, Int, Kernel, Pointer, Vector
from handgrad.engine.compiled.native.machine import Machine

FEATURES = 256  # about so many features are one task

FIRST = 257 / 65536
REST = 1 / 255 - FIRST
"""1/255 in two parts. A byte times the first is exact in float32, so that only the sum of both products is
rounded: to what the division of that byte gives, which takes a CPU several times as long."""


def pieces(features: int) -> int:
    """Tasks for each block of images."""
    return ceil(features / FEATURES)


def transposed(k: Kernel, vectors: list[Vector]) -> list[Vector]:
    """L vectors as a square, mirrored at its diagonal: in log₂ L rounds pairs of rows exchange halves."""
    found, L = list(vectors), k.L
    step = 1
    while step < L:
        upper = [lane if not lane & step else L + lane - step for lane in range(L)]
        lower = [lane + step if not lane & step else L + lane for lane in range(L)]
        for row in (row for row in range(L) if not row & step):
            first, second = found[row].value, found[row + step].value
            for place, order in ((row, upper), (row + step, lower)):
                mixed = k.builder.shuffle_vector(first, second, ir.Constant(k.VI, order))
                found[place] = Vector(k, mixed)
        step *= 2
    return found


def rows_to_blocks(
    machine: Machine,
    name: str,
    *,
    features: int,
    kind: Literal["bytes", "floats"],
    keeps_rows: bool,
    mean: bool = False,
    std: bool = False,
) -> Kernel:
    """Images as rows to blocks (B, F, L); bytes become (x / 255 − mean) / std, floats stay as they are.

    Arguments:
        machine, name: of the kernel.
        features: F of one image.
        kind: of number in the rows.
        keeps_rows: whether the numbers are also written as rows (B · L, F padded to whole vectors).
        mean, std: whether there is anything to subtract, and to divide by.

    Arguments of the kernel: rows (an address for each of B · L images), y, kept, mean and std (for each
    feature, padded to whole vectors). Task: block · pieces + piece.
    """
    k = Kernel(name, machine, "rows y kept mean std")
    L, count = k.L, pieces(features)
    block, piece = k.task // count, k.task % count
    rows = k.pointer("rows", I64) + block * L
    starts = [k.address(k.load_int(rows + lane), I8 if kind == "bytes" else F32) for lane in range(L)]
    y = k.pointer("y") + block * (features * L)
    padded = ceil(features / L) * L
    kept = [k.pointer("kept") + (block * L + lane) * padded for lane in range(L)]
    low, high = piece * (padded // L) // count, (piece + 1) * (padded // L) // count
    whole = features // L

    def one_step(v: Int, size: int) -> None:
        first = v * L
        vectors = []
        for lane in range(L):
            place = starts[lane] + first
            vector = _bytes(k, place, size) if kind == "bytes" else _floats(k, place, size)
            # with the rounding of `handgrad.data.Normalisation`
            if kind == "bytes":
                vector = vector.times_plus(FIRST, vector * REST)
            if mean:
                vector = vector - k.load(k.pointer("mean") + first)
            if std:
                vector = vector / k.load(k.pointer("std") + first)
            vectors.append(vector)
            if keeps_rows:
                k.store(vectors[lane], kept[lane] + first)
        for number, vector in enumerate(transposed(k, vectors)[:size]):
            k.store(vector, y + (first + number) * L)

    for v in k.loop(low, high.least(whole)):
        one_step(v, L)
    if features % L:
        for v in k.loop(low.most(whole), high):
            one_step(v, features % L)
    return k


def _floats(k: Kernel, place: Pointer, size: int) -> Vector:
    return k.load(place) if size == k.L else k.load_some(place, size)


def _bytes(k: Kernel, place: Pointer, size: int) -> Vector:
    if size == k.L:
        wide = k.load_bytes(place)
    else:
        wide = k.wholes(0)
        for lane in range(size):
            one = k.builder.zext(k.load_one(place + lane), I32)
            wide = k.builder.insert_element(wide, one, I32(lane))
    return k.to_float(wide)


def blocks_to_rows(machine: Machine, name: str, *, features: int) -> Kernel:
    """Blocks (B, F, L) to rows (B · L, F padded with zeros to whole vectors).

    Arguments of the kernel: x, y. Task: block · pieces + piece.
    """
    k = Kernel(name, machine, "x y")
    L, count = k.L, pieces(features)
    block, piece = k.task // count, k.task % count
    x = k.pointer("x") + block * (features * L)
    padded = ceil(features / L) * L
    y = k.pointer("y") + block * (L * padded)
    low, high = piece * (padded // L) // count, (piece + 1) * (padded // L) // count
    whole = features // L

    def one_step(v: Int, size: int) -> None:
        vectors = [k.load(x + (v * L + number) * L) if number < size else k.zero() for number in range(L)]
        for lane, vector in enumerate(transposed(k, vectors)):
            k.store(vector, y + (v * L + lane * padded))

    for v in k.loop(low, high.least(whole)):
        one_step(v, L)
    if features % L:
        for v in k.loop(low.most(whole), high):
            one_step(v, features % L)
    return k
