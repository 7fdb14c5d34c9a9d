"""After the backward pass: partial gradients are added, and looked at before anything is updated."""

from llvmlite import ir

from handgrad.engine.compiled.native.emitter import I64, Int, Kernel, Mask, Pointer, Variable, Vector
from handgrad.engine.compiled.native.machine import Machine

NUMBERS = 8192  # in one task


def part_of(k: Kernel, size: Int) -> tuple[Int, Int]:
    """The numbers of this task: the first, and the one after the last."""
    first = k.task * NUMBERS
    return first, (first + NUMBERS).least(size)


def collect(machine: Machine, name: str) -> Kernel:
    """g = Σ of the parts in their order; and whether all of g is finite.

    Arguments of the kernel: parts (count, size), g, size, count, flag (an int64 that becomes 1 where a number
    is not finite). Task: `NUMBERS` numbers.
    """
    k = Kernel(name, machine, "parts g size count flag")
    size, count = k.numbers("size count")
    parts, g = k.pointer("parts"), k.pointer("g")
    first, last = part_of(k, size)
    whole = (last - first) // k.L * k.L + first
    unsound = Variable(k, k.zero())

    def step(place: Int, rest: Int | None) -> None:
        total = Variable(k, _load(k, parts + place, rest))
        for number in k.loop(1, count):
            total.set(total.get() + _load(k, parts + number * size + place, rest))
        value = total.get()
        unsound.set(value.times_plus(0.0, unsound.get()))  # 0 times NaN or infinity is NaN
        if rest is None:
            k.store(value, g + place)
        else:
            k.store_some(value, g + place, rest)

    for place in k.loop(first, whole, k.L):
        step(place, None)
    with k.when(whole < last):
        step(whole, last - whole)
    with k.when(_any(k, unsound.get().is_nan())):
        k.store_one(I64(1), k.pointer("flag", I64))
    return k


def sum_of_squares(machine: Machine, name: str) -> Kernel:
    """Σ g² of each task's part, in float64: what a norm is made of.

    Arguments of the kernel: g, size, sums (float64, one for each task). Task: `NUMBERS` numbers.
    """
    k = Kernel(name, machine, "g size sums")
    g, builder = k.pointer("g"), k.builder
    first, last = part_of(k, k.arguments["size"])
    whole = (last - first) // k.L * k.L + first
    double, wide = ir.DoubleType(), ir.VectorType(ir.DoubleType(), k.L)
    total = Variable(k, Vector(k, ir.Constant(wide, [0.0] * k.L)))

    def step(vector: Vector) -> None:
        number = builder.fpext(vector.value, wide)
        total.set(Vector(k, builder.fadd(total.get().value, builder.fmul(number, number))))

    for place in k.loop(first, whole, k.L):
        step(k.load(g + place))
    with k.when(whole < last):
        step(k.load_some(g + whole, last - whole))
    k.store_one(total.get().lanes_total(), k.pointer("sums", double) + k.task)
    return k


def _load(k: Kernel, place: Pointer, rest: Int | None) -> Vector:
    return k.load(place) if rest is None else k.load_some(place, rest)


def _any(k: Kernel, mask: Mask) -> object:
    """Whether a mask is true in some lane."""
    total = mask.choose(1.0, 0.0).lanes_total()
    return k.builder.fcmp_ordered(">", total, total.type(0.0))
