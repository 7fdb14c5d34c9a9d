"""From the gradient behind a convolution's ReLU and pooling to the gradient of its own output."""

from enum import Enum

from handgrad.engine.compiled.kernels.convolution import Convolution
from handgrad.engine.compiled.kernels.pooling import plane, unpool_row
from handgrad.engine.compiled.native.emitter import I8, Int, Kernel, Mask, Pointer, Variable, Whole
from handgrad.engine.compiled.native.machine import Machine


class Source(Enum):
    """Where a kernel finds the gradient of a convolution's own output."""

    DENSE = "dense"  # as maps, all worked out
    BEHIND = "behind"  # behind ReLU and pooling: to be worked out, map by map

    def __str__(self) -> str:
        return self.value


def spread_maps(machine: Machine, name: str, *, shape: Convolution) -> Kernel:
    """Work the gradient out for all maps.

    Arguments of the kernel: dy (after pooling), y (the output, for ReLU without pooling), notes, into.
    Task: a map.
    """
    k = Kernel(name, machine, "dy y notes into")
    spread(k, shape, k.task, k.pointer("into") + k.task * (shape.pixels * k.L), None)
    return k


def spread(k: Kernel, shape: Convolution, channel: Int, into: Pointer, seen: Variable | None) -> None:
    """Work it out for one map.

    Arguments:
        k: a kernel with the arguments dy, y and notes.
        shape: of the convolution.
        channel: the number of the map, counted over blocks.
        into: where to.
        seen: to which all of it is added: the bias's gradient.
    """
    pooling, L = shape.pooling, k.L
    dy = k.pointer("dy") + channel * (shape.pixels_out * L)
    if pooling is None:  # ReLU alone
        y = k.pointer("y") + channel * (shape.pixels * L)
        for index in k.loop(0, shape.pixels):
            passed = (k.load(y + index * L) > 0.0).choose(k.load(dy + index * L), 0.0)
            k.store(passed, into + index * L)
            if seen:
                seen.set(seen.get() + passed)
        return
    notes = k.pointer("notes", I8) + channel * (shape.notes * L)
    win, pool = shape.windows, pooling.windows
    if not pooling.exact:
        for index in k.loop(0, shape.pixels):
            k.store(k.zero(), into + index * L)

    def passes(row: Whole, column: Whole) -> Mask:
        kept = k.load_bytes(plane(k, notes, win.OW)(row, column))
        return Mask(k, k.builder.icmp_signed("!=", kept, k.wholes(0)))

    for u in k.loop(0, pool.OH):
        unpool_row(
            k,
            pooling,
            u,
            plane(k, dy, pool.OW),
            plane(k, notes, pool.OW) if pooling.kind == "max" else None,
            plane(k, into, win.OW),
            passes if shape.relu and pooling.kind == "avg" else None,
            seen,
        )
