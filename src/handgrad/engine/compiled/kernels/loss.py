"""The losses: from the network's output to its gradient, and what the mean loss is made of."""

from collections.abc import Callable

from handgrad.engine.compiled.kernels.softmax import exponentials, largest_of
from handgrad.engine.compiled.native.emitter import Int, Kernel, Mask, Pointer, Variable, Vector
from handgrad.engine.compiled.native.machine import Machine

TINY = 1.1754943508222875e-38  # the smallest normal float32: what a probability of 0 counts as


def cross_entropy(machine: Machine, name: str, *, classes: int) -> Kernel:
    """dz = (p − onehot(t)) / N of logits z, and of each image Σ e^(z − m) and z_t − m.

    The logarithm is left to the caller: it is one number an image.

    Arguments of the kernel: z (B, K, L), targets (B, L) as floats, dz, sums, shifted and right (B, L), share
    (a float, 1 / N), images. Task: a block.
    """
    k = Kernel(name, machine, "z targets dz sums shifted right share images")
    start = k.task * (classes * k.L)
    z, dz = k.pointer("z") + start, k.pointer("dz") + start
    highest = largest_of(k, z, classes, 1)
    total = exponentials(k, z, dz, classes, 1, highest)
    share = k.real("share")
    chosen = Variable(k, k.zero())

    def step(place: Pointer, index: Int, is_target: Mask, mask: Mask) -> None:
        chosen.set(is_target.choose(k.load(z + index * k.L) - highest, chosen.get()))
        gradient = (k.load(place) / total - is_target.choose(1.0, 0.0)) * share
        k.store(mask.choose(gradient, 0.0), place)

    _classes(k, classes, dz, step)
    k.store(total, k.pointer("sums") + k.task * k.L)
    k.store(chosen.get(), k.pointer("shifted") + k.task * k.L)
    _right(k, z, classes, highest)
    return k


def probability_cross_entropy(machine: Machine, name: str, *, classes: int) -> Kernel:
    """dp = −1 / (N p_t) at the target and 0 elsewhere, and p_t of each image.

    Arguments of the kernel: as of `cross_entropy`; ``shifted`` receives p_t, ``sums`` nothing.
    """
    k = Kernel(name, machine, "z targets dz sums shifted right share images")
    start = k.task * (classes * k.L)
    z, dz = k.pointer("z") + start, k.pointer("dz") + start
    share = k.real("share")
    chosen = Variable(k, k.number(1.0))

    def step(place: Pointer, index: Int, is_target: Mask, mask: Mask) -> None:
        probability = k.load(z + index * k.L).largest(TINY)
        chosen.set(is_target.choose(probability, chosen.get()))
        k.store((is_target & mask).choose(0.0 - share / probability, 0.0), place)

    _classes(k, classes, dz, step)
    k.store(chosen.get(), k.pointer("shifted") + k.task * k.L)
    _right(k, z, classes, largest_of(k, z, classes, 1))
    return k


def _classes(k: Kernel, classes: int, dz: Pointer, step: Callable[[Pointer, Int, Mask, Mask], None]) -> None:
    """Run a step for every class."""
    targets = k.load(k.pointer("targets") + k.task * k.L)
    mask = k.first_lanes(k.arguments["images"] - k.task * k.L)
    for index in k.loop(0, classes):
        step(dz + index * k.L, index, targets.equals(k.as_float(index)), mask)


def _right(k: Kernel, z: Pointer, classes: int, highest: Vector) -> None:
    """1 where the first of the highest scores is the target's."""
    targets = k.load(k.pointer("targets") + k.task * k.L)
    best = Variable(k, k.number(-1.0))
    for step in k.loop(0, classes):
        index = (classes - 1) - step  # backwards: of equal ones the first stays
        is_best = k.load(z + index * k.L).equals(highest)
        best.set(is_best.choose(k.as_float(index), best.get()))
    k.store(best.get().equals(targets).choose(1.0, 0.0), k.pointer("right") + k.task * k.L)


def squared_distance(machine: Machine, name: str, *, features: int) -> Kernel:
    """dy = share · (y − t), and of each image Σ (y − t)²: the Euclidean and the mean squared loss.

    Arguments of the kernel: y, targets (B, K, L), dy, sums (B, L), share (a float), images. Task: a block.
    """
    k = Kernel(name, machine, "y targets dy sums share images")
    start = k.task * (features * k.L)
    y, targets, dy = (k.pointer(word) + start for word in ("y", "targets", "dy"))
    share = k.real("share")
    mask = k.first_lanes(k.arguments["images"] - k.task * k.L)
    total = Variable(k, k.zero())
    for index in k.loop(0, features):
        difference = mask.choose(k.load(y + index * k.L) - k.load(targets + index * k.L), 0.0)
        total.set(difference.times_plus(difference, total.get()))
        k.store(difference * share, dy + index * k.L)
    k.store(total.get(), k.pointer("sums") + k.task * k.L)
    return k
