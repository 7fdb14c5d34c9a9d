"""The optimizers' formulas, and the average of the weights, on vectors.

What each must equal stands in `handgrad.optim`; the numbers that a step needs (rates, corrections) come from
there too: see `handgrad.engine.compiled.plan.updates`.
"""

from collections.abc import Callable
from typing import TypeAlias

from handgrad.engine.compiled.kernels.gradients import part_of
from handgrad.engine.compiled.native.emitter import I64, Int, Kernel, Vector
from handgrad.engine.compiled.native.machine import Machine

Slots: TypeAlias = dict[str, Vector]
Numbers: TypeAlias = dict[str, Vector]
Rule: TypeAlias = "Callable[[Vector, Vector, Slots, Numbers, frozenset[str]], Vector]"
"""w, g, slots (to be changed), the step's numbers and flags to the new w."""


def sgd(w: Vector, g: Vector, slots: Slots, n: Numbers, flags: frozenset[str]) -> Vector:
    """`handgrad.optim.SGD`."""
    if "decay" in flags:
        g = w.times_plus(n["decay"], g)
    if "momentum" not in flags:
        return w - g * n["lr"]
    v = slots["momentum_buffer"] = (slots["momentum_buffer"] * n["momentum"]) + g * n["share"]
    if "rate_inside" in flags:
        return w - v
    if "nesterov" in flags:
        return w - v.times_plus(n["momentum"], g) * n["lr"]
    return w - v * n["lr"]


def adam(w: Vector, g: Vector, slots: Slots, n: Numbers, flags: frozenset[str]) -> Vector:
    """`handgrad.optim.Adam` and `AdamW`."""
    if "decoupled" in flags:
        w = w * n["kept"]
    elif "decay" in flags:
        g = w.times_plus(n["decay"], g)
    m = slots["exp_avg"] = (g - slots["exp_avg"]).times_plus(n["one_less_beta1"], slots["exp_avg"])
    v = slots["exp_avg_sq"] = (g * g - slots["exp_avg_sq"]).times_plus(
        n["one_less_beta2"], slots["exp_avg_sq"]
    )
    if "amsgrad" in flags:
        v = slots["max_exp_avg_sq"] = slots["max_exp_avg_sq"].largest(v)
    return w - m / (v.root() / n["correction2"] + n["eps"]) * n["step"]


def rmsprop(w: Vector, g: Vector, slots: Slots, n: Numbers, flags: frozenset[str]) -> Vector:
    """`handgrad.optim.RMSprop`."""
    if "decay" in flags:
        g = w.times_plus(n["decay"], g)
    square = slots["square_avg"] = (g * g - slots["square_avg"]).times_plus(
        n["one_less_alpha"], slots["square_avg"]
    )
    if "centered" in flags:
        mean = slots["grad_avg"] = (g - slots["grad_avg"]).times_plus(n["one_less_alpha"], slots["grad_avg"])
        square = (square - mean * mean).largest(0.0)
    move = g / (square.root() + n["eps"])
    if "momentum" in flags:
        move = slots["momentum_buffer"] = slots["momentum_buffer"] * n["momentum"] + move
    return w - move * n["lr"]


def adagrad(w: Vector, g: Vector, slots: Slots, n: Numbers, flags: frozenset[str]) -> Vector:
    """`handgrad.optim.Adagrad`."""
    if "decay" in flags:
        g = w.times_plus(n["decay"], g)
    total = slots["sum"] = g.times_plus(g, slots["sum"])
    return w - g / (total.root() + n["eps"]) * n["step"]


RULES: dict[str, Rule] = {"SGD": sgd, "Adam": adam, "AdamW": adam, "RMSprop": rmsprop, "Adagrad": adagrad}


def update(
    machine: Machine,
    name: str,
    *,
    rule: str,
    flags: tuple[str, ...],
    slots: tuple[str, ...],
    numbers: tuple[str, ...],
) -> Kernel:
    """One optimizer's step for a part of one parameter, unless a gradient was not finite.

    Arguments:
        machine, name: of the kernel.
        rule: a key of `RULES`.
        flags: what the optimizer does beside the rule: "decay", "momentum" and so on.
        slots: the names of what it remembers.
        numbers: the names of the step's floats, in their order.

    Arguments of the kernel: w, g, size, flag, numbers (floats), then each slot. Task: `gradients.NUMBERS`
    numbers.
    """
    k = Kernel(name, machine, " ".join(["w g size flag numbers", *slots]))
    table = k.pointer("numbers")
    n = {word: k.broadcast(table + index) for index, word in enumerate(numbers)}
    first, last = part_of(k, k.arguments["size"])
    whole = first + (last - first) // k.L * k.L
    places = {word: k.pointer(word) for word in ("w", "g", *slots)}

    def step(place: Int, rest: Int | None) -> None:
        def load(word: str) -> Vector:
            spot = places[word] + place
            return k.load(spot) if rest is None else k.load_some(spot, rest)

        kept = {slot: load(slot) for slot in slots}
        gradient = load("g")
        if "clip_norm" in flags:
            gradient = gradient * n["scale"]
        if "clip_value" in flags:
            gradient = gradient.least(n["bound"]).largest(0.0 - n["bound"])
        kept["w"] = RULES[rule](load("w"), gradient, kept, n, frozenset(flags))
        for word, vector in kept.items():
            spot = places[word] + place
            if rest is None:
                k.store(vector, spot)
            else:
                k.store_some(vector, spot, rest)

    with k.when(k.load_int(k.pointer("flag", I64)).equals(0)):
        for place in k.loop(first, whole, k.L):
            step(place, None)
        with k.when(whole < last):
            step(whole, last - whole)
    return k


def average(machine: Machine, name: str) -> Kernel:
    """a ← a + share · (w − a), unless a gradient was not finite.

    Arguments of the kernel: w, a, size, flag, share (a float). Task: `gradients.NUMBERS` numbers.
    """
    k = Kernel(name, machine, "w a size flag numbers")
    share = k.broadcast(k.pointer("numbers"))
    first, last = part_of(k, k.arguments["size"])
    whole = first + (last - first) // k.L * k.L
    w, a = k.pointer("w"), k.pointer("a")

    def mixed(new: Vector, old: Vector) -> Vector:
        return (share >= 1.0).choose(new, (new - old).times_plus(share, old))  # all of it is w, to the bit

    with k.when(k.load_int(k.pointer("flag", I64)).equals(0)):
        for place in k.loop(first, whole, k.L):
            k.store(mixed(k.load(w + place), k.load(a + place)), a + place)
        with k.when(whole < last):
            rest = last - whole
            new, old = k.load_some(w + whole, rest), k.load_some(a + whole, rest)
            k.store_some(mixed(new, old), a + whole, rest)
    return k
