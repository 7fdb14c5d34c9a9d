"""Layers that act on every element: one vector in, one vector out."""

from collections.abc import Iterator

from handgrad.engine.compiled.kernels import mathematics
from handgrad.engine.compiled.native.emitter import Int, Kernel, Vector
from handgrad.engine.compiled.native.machine import Machine

VECTORS = 1024  # in one task


def forward(k: Kernel, kind: str, x: Vector, extra: Vector) -> Vector:
    """y of an activation; ``extra`` is its one number: a slope, α."""
    if kind == "ReLU":
        return x.largest_of_zero()
    if kind == "LeakyReLU":
        return (x > 0.0).choose(x, x * extra)
    if kind == "ELU":
        return (x > 0.0).choose(x, mathematics.expm1((x > 0.0).choose(0.0, x)) * extra)
    if kind == "Sigmoid":
        return mathematics.sigmoid(x)
    return mathematics.tanh(x)


def backward(k: Kernel, kind: str, x: Vector, y: Vector, dy: Vector, extra: Vector) -> Vector:
    """dx of an activation."""
    if kind == "ReLU":
        return (y > 0.0).choose(dy, 0.0)
    if kind == "LeakyReLU":
        return (x > 0.0).choose(dy, dy * extra)
    if kind == "ELU":
        return (x > 0.0).choose(dy, dy * (y + extra))
    if kind == "Sigmoid":
        return dy * y * (1.0 - y)
    return dy * (1.0 - y * y)


KINDS = ("ReLU", "LeakyReLU", "ELU", "Sigmoid", "Tanh")


def _each_vector(k: Kernel) -> Iterator[Int]:
    """The vectors of a task: ``VECTORS`` of them, or what is left; by their first numbers."""
    first = k.task * VECTORS
    for index in k.loop(first, (first + VECTORS).least(k.arguments["vectors"])):
        yield index * k.L


def activation_forward(machine: Machine, name: str, *, kind: str) -> Kernel:
    """Arguments of the kernel: x, y, extra (a float), vectors. Task: a part of them."""
    k = Kernel(name, machine, "x y extra vectors")
    x, y, extra = k.pointer("x"), k.pointer("y"), k.real("extra")
    for place in _each_vector(k):
        k.store(forward(k, kind, k.load(x + place), extra), y + place)
    return k


def activation_backward(machine: Machine, name: str, *, kind: str) -> Kernel:
    """Arguments of the kernel: x, y, dy, dx, extra (a float), vectors. Task: a part of them."""
    k = Kernel(name, machine, "x y dy dx extra vectors")
    x, y, dy, dx = (k.pointer(word) for word in ("x", "y", "dy", "dx"))
    extra = k.real("extra")
    for place in _each_vector(k):
        value = backward(k, kind, k.load(x + place), k.load(y + place), k.load(dy + place), extra)
        k.store(value, dx + place)
    return k


def dropout(machine: Machine, name: str) -> Kernel:
    """y = x / (1 − p) where the noise is at least p, else 0; the same kernel carries dy back.

    Arguments of the kernel: x, noise, y, p and scale (floats), vectors. Task: a part of them.
    """
    k = Kernel(name, machine, "x noise y p scale vectors")
    x, noise, y = (k.pointer(word) for word in ("x", "noise", "y"))
    p, scale = k.real("p"), k.real("scale")
    for place in _each_vector(k):
        kept = k.load(noise + place) >= p
        k.store(k.load(x + place) * kept.choose(scale, 0.0), y + place)
    return k
