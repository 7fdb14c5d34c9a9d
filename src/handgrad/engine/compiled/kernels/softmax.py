"""Softmax along any axis of an image, and along the batch."""

from collections.abc import Iterator

from handgrad.engine.compiled.kernels.mathematics import exp
from handgrad.engine.compiled.native.emitter import Int, Kernel, Mask, Pointer, Variable, Vector
from handgrad.engine.compiled.native.machine import Machine


def softmax_forward(machine: Machine, name: str, *, size: int, inner: int) -> Kernel:
    """y = e^(x − m) / Σ e^(x − m) along an axis of ``size`` whose neighbours are ``inner`` vectors apart.

    Arguments of the kernel: x, y. Task: one vector of such sums, outer · inner + inner index.
    """
    k = Kernel(name, machine, "x y")
    x, y = (k.pointer(word) + _start(k, size, inner) for word in ("x", "y"))
    highest = largest_of(k, x, size, inner)
    total = exponentials(k, x, y, size, inner, highest)
    for index in k.loop(0, size):
        place = y + index * (inner * k.L)
        k.store(k.load(place) / total, place)
    return k


def softmax_backward(machine: Machine, name: str, *, size: int, inner: int) -> Kernel:
    """dx = y · (dy − Σ dy · y). Arguments of the kernel: y, dy, dx. Task: as in `softmax_forward`."""
    k = Kernel(name, machine, "y dy dx")
    y, dy, dx = (k.pointer(word) + _start(k, size, inner) for word in ("y", "dy", "dx"))
    total = Variable(k, k.zero())
    for index in k.loop(0, size):
        step = index * (inner * k.L)
        total.set(k.load(y + step).times_plus(k.load(dy + step), total.get()))
    for index in k.loop(0, size):
        step = index * (inner * k.L)
        k.store(k.load(y + step) * (k.load(dy + step) - total.get()), dx + step)
    return k


def _start(k: Kernel, size: int, inner: int) -> Int:
    return (k.task // inner * (size * inner) + k.task % inner) * k.L


def largest_of(k: Kernel, x: Pointer, size: int, inner: int) -> Vector:
    """The largest of some vectors, lane by lane; of NaN, NaN."""
    highest = Variable(k, k.load(x))
    for index in k.loop(1, size):
        highest.set(highest.get().largest(k.load(x + index * (inner * k.L))))
    return highest.get()


def exponentials(k: Kernel, x: Pointer, y: Pointer, size: int, inner: int, highest: Vector) -> Vector:
    """Write e^(x − highest) to y; return the sums."""
    total = Variable(k, k.zero())
    for index in k.loop(0, size):
        step = index * (inner * k.L)
        value = exp(k.load(x + step) - highest)
        total.set(total.get() + value)
        k.store(value, y + step)
    return total.get()


def batch_softmax_forward(machine: Machine, name: str, *, features: int) -> Kernel:
    """Softmax over the batch. Arguments of the kernel: x, y (B, F, L), images. Task: a feature."""
    k = Kernel(name, machine, "x y images")
    x, y = (k.pointer(word) + k.task * k.L for word in ("x", "y"))
    highest = Variable(k, k.number(float("-inf")))
    for place, mask in _blocks(k, features):
        highest.set(highest.get().largest(mask.choose(k.load(x + place), float("-inf"))))
    level = highest.get().lanes_largest()
    total = Variable(k, k.zero())
    for place, mask in _blocks(k, features):
        value = mask.choose(exp(k.load(x + place) - level), 0.0)
        total.set(total.get() + value)
        k.store(value, y + place)
    scale = k.spread(total.get().lanes_total())
    for place, _ in _blocks(k, features):
        k.store(k.load(y + place) / scale, y + place)
    return k


def batch_softmax_backward(machine: Machine, name: str, *, features: int) -> Kernel:
    """dx = y · (dy − Σ dy · y). Arguments of the kernel: y, dy, dx, images. Task: a feature."""
    k = Kernel(name, machine, "y dy dx images")
    y, dy, dx = (k.pointer(word) + k.task * k.L for word in ("y", "dy", "dx"))
    total = Variable(k, k.zero())
    for place, _ in _blocks(k, features):  # behind the last image y is 0
        total.set(k.load(y + place).times_plus(k.load(dy + place), total.get()))
    level = k.spread(total.get().lanes_total())
    for place, _ in _blocks(k, features):
        k.store(k.load(y + place) * (k.load(dy + place) - level), dx + place)
    return k


def _blocks(k: Kernel, features: int) -> Iterator[tuple[Int, Mask]]:
    """Where a feature's vectors lie, and which of their lanes hold images."""
    images = k.arguments["images"]
    for block in k.loop(0, (images + (k.L - 1)) // k.L):
        yield block * (features * k.L), k.first_lanes(images - block * k.L)
