"""A small language for kernels: Python functions that, run once, write out LLVM's instructions.

A kernel reads as the loops that it is: ``for i in k.loop(0, n):`` runs its body once, in Python, and emits a
loop around what the body emitted. A Python ``for i in range(4)`` repeats its body in the kernel instead: it
unrolls. `Int`, `Vector` and `Pointer` stand for values that will exist when the kernel runs; their operators
emit one instruction each.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from llvmlite import ir

from handgrad.engine.compiled.native.machine import Machine

I1, I8, I32, I64 = (ir.IntType(bits) for bits in (1, 8, 32, 64))
F32 = ir.FloatType()
ADDRESS = ir.PointerType()
F64 = ir.DoubleType()
SIZES = {F32: 4, F64: 8, I8: 1, I32: 4, I64: 8}

Whole: TypeAlias = "int | Int"
Real: TypeAlias = "float | Vector"


@dataclass(frozen=True)
class Int:
    """A whole number, known when the kernel runs."""

    k: Kernel
    value: Any

    def __add__(self, other: Whole) -> Int:
        return Int(self.k, self.k.builder.add(self.value, whole(other)))

    def __sub__(self, other: Whole) -> Int:
        return Int(self.k, self.k.builder.sub(self.value, whole(other)))

    def __rsub__(self, other: int) -> Int:
        return Int(self.k, self.k.builder.sub(whole(other), self.value))

    def __mul__(self, other: Whole) -> Int:
        return Int(self.k, self.k.builder.mul(self.value, whole(other)))

    __radd__, __rmul__ = __add__, __mul__

    def __floordiv__(self, other: Whole) -> Int:
        """Rounded towards zero: kernels divide nothing negative."""
        return Int(self.k, self.k.builder.sdiv(self.value, whole(other)))

    def __mod__(self, other: Whole) -> Int:
        return Int(self.k, self.k.builder.srem(self.value, whole(other)))

    def __lt__(self, other: Whole) -> Any:
        return self.k.builder.icmp_signed("<", self.value, whole(other))

    def __ge__(self, other: Whole) -> Any:
        return self.k.builder.icmp_signed(">=", self.value, whole(other))

    def equals(self, other: Whole) -> Any:
        """Whether both are the same."""
        return self.k.builder.icmp_signed("==", self.value, whole(other))

    def least(self, other: Whole) -> Int:
        """The smaller of two."""
        return Int(self.k, self.k.builder.select(self < other, self.value, whole(other)))

    def most(self, other: Whole) -> Int:
        """The larger of two."""
        return Int(self.k, self.k.builder.select(self < other, whole(other), self.value))


@dataclass(frozen=True)
class Pointer:
    """Where numbers of one kind lie; ``pointer + n`` is n numbers further on."""

    k: Kernel
    value: Any
    kind: Any = F32

    def __add__(self, steps: Whole) -> Pointer:
        return Pointer(
            self.k, self.k.builder.gep(self.value, [whole(steps)], source_etype=self.kind), self.kind
        )


@dataclass(frozen=True)
class Vector:
    """L numbers, float32 or int32, handled by one instruction."""

    k: Kernel
    value: Any

    def __add__(self, other: Real) -> Vector:
        return Vector(self.k, self.k.builder.fadd(self.value, self.k.number(other).value))

    def __sub__(self, other: Real) -> Vector:
        return Vector(self.k, self.k.builder.fsub(self.value, self.k.number(other).value))

    def __rsub__(self, other: float) -> Vector:
        return self.k.number(other) - self

    def __mul__(self, other: Real) -> Vector:
        return Vector(self.k, self.k.builder.fmul(self.value, self.k.number(other).value))

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Real) -> Vector:
        return Vector(self.k, self.k.builder.fdiv(self.value, self.k.number(other).value))

    def __rtruediv__(self, other: float) -> Vector:
        return self.k.number(other) / self

    def __gt__(self, other: Real) -> Mask:
        """False where either is NaN."""
        return Mask(self.k, self.k.builder.fcmp_ordered(">", self.value, self.k.number(other).value))

    def __lt__(self, other: Real) -> Mask:
        return Mask(self.k, self.k.builder.fcmp_ordered("<", self.value, self.k.number(other).value))

    def __ge__(self, other: Real) -> Mask:
        return Mask(self.k, self.k.builder.fcmp_ordered(">=", self.value, self.k.number(other).value))

    def equals(self, other: Real) -> Mask:
        """Lane by lane; of NaN, false."""
        return Mask(self.k, self.k.builder.fcmp_ordered("==", self.value, self.k.number(other).value))

    def is_nan(self) -> Mask:
        """Lane by lane."""
        return Mask(self.k, self.k.builder.fcmp_unordered("uno", self.value, self.value))

    def times_plus(self, factor: Real, addend: Real) -> Vector:
        """``self * factor + addend``, in one instruction where the CPU has one."""
        factor, addend = self.k.number(factor), self.k.number(addend)
        return Vector(
            self.k,
            self.k.call(f"llvm.fmuladd.v{self.k.L}f32", self.k.V, self.value, factor.value, addend.value),
        )

    def root(self) -> Vector:
        """√, rounded correctly."""
        return Vector(self.k, self.k.call(f"llvm.sqrt.v{self.k.L}f32", self.k.V, self.value))

    def absolute(self) -> Vector:
        """Without its sign."""
        return Vector(self.k, self.k.call(f"llvm.fabs.v{self.k.L}f32", self.k.V, self.value))

    def rounded(self) -> Vector:
        """To the nearest whole number, by adding 1.5 · 2²³ and taking it away again."""
        shift = 12582912.0
        return (self + shift) - shift

    def largest(self, other: Real) -> Vector:
        """The larger of two; where either is NaN, NaN, as in ``np.maximum``."""
        other = self.k.number(other)
        return ((other > self) | other.is_nan()).choose(other, self)

    def largest_of_zero(self) -> Vector:
        """ReLU, in the form that is one instruction; of NaN, NaN."""
        zero = self.k.zero()
        return (zero > self).choose(zero, self)

    def least(self, other: Real) -> Vector:
        """The smaller of two; where self is NaN, NaN."""
        other = self.k.number(other)
        return (other < self).choose(other, self)

    def bits(self) -> Any:
        """The same bits as L whole numbers of 32 bits."""
        return self.k.builder.bitcast(self.value, self.k.VI)

    def lane(self, number: int) -> Any:
        """One of the L numbers, as LLVM's scalar."""
        return self.k.builder.extract_element(self.value, I32(number))

    def lanes_total(self) -> Any:
        """The sum of the L numbers, as LLVM's scalar: halves are added until one number is left."""
        found, count = self, self.k.L
        while count > 1:
            count //= 2
            found = found + found._moved(count)
        return found.lane(0)

    def lanes_largest(self) -> Vector:
        """The largest of the L numbers, in every lane; with a NaN among them, NaN."""
        found, count = self, self.k.L
        while count > 1:
            count //= 2
            found = found.largest(found._moved(count))
        return self.k.spread(found.lane(0))

    def _moved(self, lanes: int) -> Vector:
        """Each number so many lanes towards the first."""
        k = self.k
        order = ir.Constant(k.VI, [*range(lanes, k.L), *range(lanes)])
        return Vector(k, k.builder.shuffle_vector(self.value, self.value, order))


@dataclass(frozen=True)
class Mask:
    """L truths."""

    k: Kernel
    value: Any

    def __and__(self, other: Mask) -> Mask:
        return Mask(self.k, self.k.builder.and_(self.value, other.value))

    def __or__(self, other: Mask) -> Mask:
        return Mask(self.k, self.k.builder.or_(self.value, other.value))

    def choose(self, yes: Real, no: Real) -> Vector:
        """Lane by lane, one of two vectors."""
        k = self.k
        return Vector(k, k.builder.select(self.value, k.number(yes).value, k.number(no).value))

    def choose_whole(self, yes: Any, no: Any) -> Any:
        """Lane by lane, one of two vectors of whole numbers."""
        return self.k.builder.select(self.value, yes, no)


class Variable:
    """A value that loops change; LLVM keeps it in a register."""

    def __init__(self, k: Kernel, first: Vector) -> None:
        self.k = k
        with k.builder.goto_block(k.entry):
            self.place = k.builder.alloca(first.value.type)
        self.set(first)

    def get(self) -> Vector:
        """Its value here."""
        place = self.place
        return Vector(self.k, self.k.builder.load(place, typ=place.allocated_type))

    def set(self, new: Vector) -> None:
        """From here on it has another value."""
        self.k.builder.store(new.value, self.place)


class Kernel:
    """A native function under construction: ``void name(const int64 *arguments, int64 task, int64 thread)``.

    Arguments:
        name: of the function.
        machine: that it is made for.
        arguments: the names of its arguments: whole numbers, addresses (see `pointer`) and, as bits, floats
            (see `real`).
    """

    def __init__(self, name: str, machine: Machine, arguments: str) -> None:
        self.name, self.machine = name, machine
        self.L, self.registers = machine.lanes, machine.registers
        self.V, self.VI = ir.VectorType(F32, self.L), ir.VectorType(I32, self.L)
        self.module = ir.Module(name)
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), [ADDRESS, I64, I64]), name)
        function.attributes.add("nounwind")
        self.function = function
        self.entry = function.append_basic_block("entry")
        self.builder = ir.IRBuilder(self.entry)
        self.task, self.thread = Int(self, function.args[1]), Int(self, function.args[2])
        table = Pointer(self, function.args[0], I64)
        self.arguments = {
            word: Int(self, self.builder.load((table + index).value, typ=I64, align=8))
            for index, word in enumerate(arguments.split())
        }
        body = function.append_basic_block("body")  # entry holds nothing but arguments and variables
        self.builder.branch(body)
        self.builder.position_at_end(body)

    def number_of(self, name: str) -> Int:
        """A whole number among the arguments."""
        return self.arguments[name]

    def numbers(self, names: str) -> list[Int]:
        """Several of them."""
        return [self.arguments[name] for name in names.split()]

    def pointer(self, name: str, kind: Any = F32) -> Pointer:
        """An address among the arguments."""
        return Pointer(self, self.builder.inttoptr(self.arguments[name].value, ADDRESS), kind)

    def address(self, number: Int, kind: Any = F32) -> Pointer:
        """A whole number as an address."""
        return Pointer(self, self.builder.inttoptr(number.value, ADDRESS), kind)

    def real(self, name: str) -> Vector:
        """A float among the arguments, in every lane."""
        bits = self.builder.trunc(self.arguments[name].value, I32)
        return self.spread(self.builder.bitcast(bits, F32))

    def whole(self, value: Whole) -> Int:
        """A whole number known now."""
        return value if isinstance(value, Int) else Int(self, I64(value))

    def number(self, value: Real) -> Vector:
        """A float known now, in every lane; a vector as it is."""
        if isinstance(value, Vector):
            return value
        return Vector(self, ir.Constant(self.V, [_single(value)] * self.L))

    def wholes(self, value: int) -> Any:
        """A whole number known now, in every lane."""
        return ir.Constant(self.VI, [value] * self.L)

    def zero(self) -> Vector:
        """0 in every lane."""
        return self.number(0.0)

    # memory

    def load(self, place: Pointer) -> Vector:
        """L numbers."""
        return Vector(self, self.builder.load(place.value, typ=self.V, align=4))

    def store(self, vector: Vector, place: Pointer) -> None:
        """L numbers."""
        self.builder.store(vector.value, place.value, align=4)

    def load_one(self, place: Pointer) -> Any:
        """One number, as LLVM's scalar."""
        return self.builder.load(place.value, typ=place.kind, align=SIZES[place.kind])

    def store_one(self, scalar: Any, place: Pointer) -> None:
        """One number."""
        self.builder.store(scalar, place.value, align=SIZES[place.kind])

    def load_int(self, place: Pointer) -> Int:
        """One whole number of 64 bits."""
        return Int(self, self.load_one(place))

    def load_bytes(self, place: Pointer) -> Any:
        """L bytes, as L whole numbers of 32 bits."""
        kind = ir.VectorType(I8, self.L)
        return self.builder.zext(self.builder.load(place.value, typ=kind, align=1), self.VI)

    def store_bytes(self, wholes: Any, place: Pointer) -> None:
        """L whole numbers, as L bytes."""
        self.builder.store(self.builder.trunc(wholes, ir.VectorType(I8, self.L)), place.value, align=1)

    def load_some(self, place: Pointer, count: Whole) -> Vector:
        """The first ``count`` of L numbers, and zeros; what lies behind them is not touched."""
        mask = self.first_lanes(count)
        name = f"llvm.masked.load.v{self.L}f32.p0"
        return Vector(self, self.call(name, self.V, place.value, I32(4), mask.value, self.zero().value))

    def store_some(self, vector: Vector, place: Pointer, count: Whole) -> None:
        """The first ``count`` of L numbers; what lies behind them is not touched."""
        mask = self.first_lanes(count)
        name = f"llvm.masked.store.v{self.L}f32.p0"
        self.call(name, ir.VoidType(), vector.value, place.value, I32(4), mask.value)

    def first_lanes(self, count: Whole) -> Mask:
        """True in the first ``count`` lanes."""
        lanes = ir.Constant(ir.VectorType(I64, self.L), list(range(self.L)))
        limit = self._in_every_lane(whole(count), I64)
        return Mask(self, self.builder.icmp_signed("<", lanes, limit))

    def spread(self, scalar: Any) -> Vector:
        """One number in every lane."""
        return Vector(self, self._in_every_lane(scalar, F32))

    def _in_every_lane(self, scalar: Any, kind: Any) -> Any:
        vector = ir.VectorType(kind, self.L)
        undefined = ir.Constant(vector, ir.Undefined)
        first = self.builder.insert_element(undefined, scalar, I32(0))
        return self.builder.shuffle_vector(first, undefined, ir.Constant(self.VI, [0] * self.L))

    def broadcast(self, place: Pointer) -> Vector:
        """The number at a place in every lane."""
        return self.spread(self.load_one(place))

    def to_float(self, wholes: Any) -> Vector:
        """Whole numbers as floats."""
        return Vector(self, self.builder.sitofp(wholes, self.V))

    def to_wholes(self, vector: Vector) -> Any:
        """Floats that are whole, as whole numbers."""
        return self.builder.fptosi(vector.value, self.VI)

    # control

    def loop(self, start: Whole, stop: Whole, step: int = 1) -> Iterator[Int]:
        """A loop: write ``for i in k.loop(0, n):`` around the code of its body."""
        builder, before = self.builder, self.builder.block
        first, last = whole(start), whole(stop)
        head, body = builder.append_basic_block("head"), builder.append_basic_block("body")
        after = builder.append_basic_block("after")
        builder.cbranch(builder.icmp_signed("<", first, last), head, after)
        builder.position_at_end(head)
        index = builder.phi(I64)
        index.add_incoming(first, before)
        builder.branch(body)
        builder.position_at_end(body)
        yield Int(self, index)
        following = builder.add(index, I64(step), flags=["nsw"])
        index.add_incoming(following, builder.block)
        builder.cbranch(builder.icmp_signed("<", following, last), head, after)
        builder.position_at_end(after)

    @contextmanager
    def when(self, truth: Any) -> Iterator[None]:
        """What is emitted within runs only where the truth holds."""
        with self.builder.if_then(truth):
            yield

    def call(self, name: str, returns: Any, *values: Any) -> Any:
        """Call one of LLVM's intrinsics, or a function of the C library."""
        known = self.module.globals.get(name)
        if known is None:
            kind = ir.FunctionType(returns, [value.type for value in values])
            known = ir.Function(self.module, kind, name)
        return self.builder.call(known, values)

    def finish(self) -> str:
        """The text of the module."""
        self.builder.ret_void()
        return str(self.module)


def whole(value: Whole) -> Any:
    """LLVM's value of a whole number."""
    return value.value if isinstance(value, Int) else I64(value)


def float_bits(value: float) -> int:
    """A float as `Kernel.real` reads it.

    Example:
        >>> hex(float_bits(1.0))
        '0x3f800000'
    """
    return int(struct.unpack("<I", struct.pack("<f", value))[0])


def total(vectors: Sequence[Vector]) -> Vector:
    """Their sum, in pairs."""
    found = list(vectors)
    while len(found) > 1:
        pairs = [first + second for first, second in zip(found[::2], found[1::2], strict=False)]
        found = pairs + ([found[-1]] if len(found) % 2 else [])
    return found[0]


def _single(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", value))[0])
