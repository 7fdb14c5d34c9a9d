"""Layers with numbers for each channel: batch normalisation and PReLU.

A task is one channel: it sees all images, so its sums need no second round. A channel is P neighbouring
vectors of each block: P is 1 for features, H · W for maps.
"""

from collections.abc import Callable
from typing import Any

from handgrad.engine.compiled.native.emitter import Int, Kernel, Mask, Pointer, Variable, Vector
from handgrad.engine.compiled.native.machine import Machine

Step = Callable[[Int, Mask | None], None]
"""Code for one vector, given where it is, and which lanes hold images (None: all)."""


def _each_vector(k: Kernel, channels: int, pixels: int, step: Step) -> None:
    """Run a step for every vector of this task's channel; lanes behind the last image must not count."""
    L, images = k.L, k.arguments["images"]
    full = images // L

    def block(number: Int, mask: Mask | None) -> None:
        start = (number * channels + k.task) * (pixels * L)
        for index in k.loop(0, pixels):
            step(start + index * L, mask)

    for number in k.loop(0, full):
        block(number, None)
    with k.when(full * L < images):
        block(full, k.first_lanes(images - full * L))


def _only(mask: Mask | None, value: Vector) -> Vector:
    return value if mask is None else mask.choose(value, 0.0)


def _spread_sum(k: Kernel, variable: Variable) -> Vector:
    return k.spread(variable.get().lanes_total())


def _own(k: Kernel, name: str) -> Pointer:
    """This channel's number in an array of one for each channel."""
    return k.pointer(name) + k.task


def batch_norm_forward(machine: Machine, name: str, *, channels: int, pixels: int, training: bool) -> Kernel:
    """y = γ · (x − μ) / √(σ² + ε) + β; in training μ and σ² are the batch's, and are written down.

    Arguments of the kernel: x, y, weight, bias, mean, var (read, or in training written), eps and share
    (floats; 1 / the number of values), images. Task: a channel.
    """
    k = Kernel(name, machine, "x y weight bias mean var eps share images")
    x, y = k.pointer("x"), k.pointer("y")
    mean, var = _own(k, "mean"), _own(k, "var")
    if training:
        share = k.real("share")
        total = Variable(k, k.zero())

        def add(place: Int, mask: Mask | None) -> None:
            total.set(total.get() + _only(mask, k.load(x + place)))

        _each_vector(k, channels, pixels, add)
        center = _spread_sum(k, total) * share
        squares = Variable(k, k.zero())

        def add_square(place: Int, mask: Mask | None) -> None:
            distance = _only(mask, k.load(x + place) - center)
            squares.set(distance.times_plus(distance, squares.get()))

        _each_vector(k, channels, pixels, add_square)
        spread = _spread_sum(k, squares) * share
        k.store_one(_first(center), mean)
        k.store_one(_first(spread), var)
    else:
        center, spread = k.broadcast(mean), k.broadcast(var)
    inverse = 1.0 / (spread + k.real("eps")).root()
    weight, bias = k.broadcast(_own(k, "weight")), k.broadcast(_own(k, "bias"))

    def normalise(place: Int, _: Mask | None) -> None:
        k.store(((k.load(x + place) - center) * inverse).times_plus(weight, bias), y + place)

    _each_vector(k, channels, pixels, normalise)
    return k


def batch_norm_backward(machine: Machine, name: str, *, channels: int, pixels: int) -> Kernel:
    """dβ = Σ dy,   dγ = Σ dy · x̂,   dx = γ / √(σ² + ε) · (dy − mean(dy) − x̂ · mean(dy · x̂)).

    Arguments of the kernel: x, dy, dx, weight, mean, var, dweight, dbias, eps and share (floats), images.
    Task: a channel.
    """
    k = Kernel(name, machine, "x dy dx weight mean var dweight dbias eps share images")
    x, dy, dx = (k.pointer(word) for word in ("x", "dy", "dx"))
    center = k.broadcast(_own(k, "mean"))
    inverse = 1.0 / (k.broadcast(_own(k, "var")) + k.real("eps")).root()
    plain, weighted = Variable(k, k.zero()), Variable(k, k.zero())

    def add(place: Int, mask: Mask | None) -> None:
        gradient = _only(mask, k.load(dy + place))
        plain.set(plain.get() + gradient)
        normalised = _only(mask, (k.load(x + place) - center) * inverse)
        weighted.set(normalised.times_plus(gradient, weighted.get()))

    _each_vector(k, channels, pixels, add)
    dbias, dweight = _spread_sum(k, plain), _spread_sum(k, weighted)
    k.store_one(_first(dbias), _own(k, "dbias"))
    k.store_one(_first(dweight), _own(k, "dweight"))
    share = k.real("share")
    mean_plain, mean_weighted = dbias * share, dweight * share
    scale = k.broadcast(_own(k, "weight")) * inverse

    def carry(place: Int, mask: Mask | None) -> None:
        normalised = (k.load(x + place) - center) * inverse
        value = (k.load(dy + place) - mean_plain - normalised * mean_weighted) * scale
        k.store(_only(mask, value), dx + place)  # behind the last image there is no gradient

    _each_vector(k, channels, pixels, carry)
    return k


def prelu_forward(machine: Machine, name: str, *, channels: int, pixels: int, slopes: int) -> Kernel:
    """y = x where x > 0, else a · x. Arguments of the kernel: x, y, weight, images. Task: a channel."""
    k = Kernel(name, machine, "x y weight images")
    slope = k.broadcast(k.pointer("weight") + (k.task if slopes > 1 else 0))

    def step(place: Int, _: Mask | None) -> None:
        value = k.load(k.pointer("x") + place)
        k.store((value > 0.0).choose(value, value * slope), k.pointer("y") + place)

    _each_vector(k, channels, pixels, step)
    return k


def prelu_backward(machine: Machine, name: str, *, channels: int, pixels: int, slopes: int) -> Kernel:
    """dx = dy where x > 0, else a · dy;   da = Σ dy · x where x ≤ 0, for each channel apart.

    Arguments of the kernel: x, dy, dx, weight, dweight (one for each channel), images. Task: a channel.
    """
    k = Kernel(name, machine, "x dy dx weight dweight images")
    slope = k.broadcast(k.pointer("weight") + (k.task if slopes > 1 else 0))
    total = Variable(k, k.zero())

    def step(place: Int, mask: Mask | None) -> None:
        value, gradient = k.load(k.pointer("x") + place), k.load(k.pointer("dy") + place)
        positive = value > 0.0
        total.set(total.get() + _only(mask, positive.choose(0.0, value * gradient)))
        k.store(positive.choose(gradient, gradient * slope), k.pointer("dx") + place)

    _each_vector(k, channels, pixels, step)
    k.store_one(total.get().lanes_total(), _own(k, "dweight"))
    return k


def _first(vector: Vector) -> Any:
    return vector.lane(0)
