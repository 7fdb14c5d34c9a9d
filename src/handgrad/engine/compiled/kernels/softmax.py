"""Softmax along any axis, and the losses: what looks at all classes of an image at once."""

from handgrad.engine.compiled.kernels.mathematics import exp
from handgrad.engine.compiled.native.emitter import Int, Kernel, Pointer, Variable, Vector
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
