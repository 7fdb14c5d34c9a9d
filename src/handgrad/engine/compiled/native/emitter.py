"""A small language for kernels: Python functions that, run once, write out LLVM's instructions.

A kernel reads as the loops that it is: ``for i in k.loop(0, n):`` runs its body once, in Python, and emits a
loop around what the body emitted. A Python ``for i in range(4)`` repeats its body in the kernel instead: it
unrolls. `Int`, `Vector` and `Pointer` stand for values that will exist when the kernel runs; their operators
emit one instruction each.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from handgrad.engine.compiled.native.machine import Machine
from handgrad.engine.compiled.native.values import (
    ADDRESS,
    F32,
    F64,
    I8,
    I32,
    I64,
    SIZES,
    Int,
    Mask,
    Pointer,
    Real,
    Variable,
    Vector,
    Whole,
    total,
    whole,
)

__all__ = [
    "ADDRESS",
    "F32",
    "F64",
    "I8",
    "I32",
    "I64",
    "Int",
    "Kernel",
    "Mask",
    "Pointer",
    "Real",
    "Variable",
    "Vector",
    "Whole",
    "float_bits",
    "total",
    "whole",
]


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

    def as_float(self, number: Int) -> Vector:
        """A whole number as a float, in every lane."""
        return self.spread(self.builder.sitofp(number.value, F32))

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


def float_bits(value: float) -> int:
    """A float as `Kernel.real` reads it.

    Example:
        >>> hex(float_bits(1.0))
        '0x3f800000'
    """
    return int(struct.unpack("<I", struct.pack("<f", value))[0])


def _single(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", value))[0])
