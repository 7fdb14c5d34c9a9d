"""What a kernel computes with: values that will exist when it runs, and whose operators emit instructions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from llvmlite import ir

if TYPE_CHECKING:
    from handgrad.engine.compiled.native.emitter import Kernel

I8, I32, I64 = (ir.IntType(bits) for bits in (8, 32, 64))
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


def whole(value: Whole) -> Any:
    """LLVM's value of a whole number."""
    return value.value if isinstance(value, Int) else I64(value)


def total(vectors: Sequence[Vector]) -> Vector:
    """Their sum, in pairs."""
    found = list(vectors)
    while len(found) > 1:
        pairs = [first + second for first, second in zip(found[::2], found[1::2], strict=False)]
        found = pairs + ([found[-1]] if len(found) % 2 else [])
    return found[0]
