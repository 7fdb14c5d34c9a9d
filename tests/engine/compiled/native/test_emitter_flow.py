"""Memory, loops, conditions and variables of the kernels' language."""

import ctypes
import ctypes.util

import numpy as np
import pytest

from handgrad.engine.compiled.native.emitter import F32, F64, I8, I32, I64, Kernel, Pointer, Variable
from tests.engine.compiled.native_runs import call


def partial(machine, name):
    k = Kernel(name, machine, "x y masks count")
    count = k.arguments["count"]
    k.store_some(k.load_some(k.pointer("x"), count), k.pointer("y"), count)
    k.store(k.load_some(k.pointer("x"), count), k.pointer("y") + 2 * k.L)
    k.store(k.first_lanes(count).choose(1.0, 0.0), k.pointer("masks"))
    return k


def partial_known(machine, name, *, count):
    k = Kernel(name, machine, "x y")
    k.store_some(k.load_some(k.pointer("x"), count), k.pointer("y"), count)
    return k


def test_some_lanes_are_read_and_written_and_no_others(library):
    L = library.machine.lanes
    x = np.arange(1, L + 1, dtype=np.float32)
    for count in range(-2, L + 3):
        inside = min(max(count, 0), L)
        y, masks = np.full(3 * L, -7, np.float32), np.full(L, -7, np.float32)
        call(library, partial, x, y, masks, count)
        np.testing.assert_array_equal(y[:inside], x[:inside])
        np.testing.assert_array_equal(y[inside : 2 * L], -7)
        np.testing.assert_array_equal(y[2 * L :], np.where(np.arange(L) < inside, x, 0))
        np.testing.assert_array_equal(masks, np.arange(L) < inside)


def test_a_number_of_lanes_known_beforehand(library):
    L = library.machine.lanes
    x = np.arange(1, L + 1, dtype=np.float32)
    for count in (0, 1, L - 1, L):
        y = np.full(L, -7, np.float32)
        call(library, partial_known, x, y, count=count)
        np.testing.assert_array_equal(y, np.where(np.arange(L) < count, x, -7))


def addresses(machine, name):
    k = Kernel(name, machine, "f d b i w steps table out")
    steps, out = k.arguments["steps"], k.pointer("out", F64)
    found = [
        k.builder.fpext(k.load_one(k.pointer("f") + steps), F64),
        k.load_one(k.pointer("d", F64) + steps),
        k.builder.uitofp(k.load_one(k.pointer("b", I8) + steps), F64),
        k.builder.sitofp(k.load_one(k.pointer("i", I32) + steps), F64),
        k.builder.sitofp(k.load_int(k.pointer("w", I64) + steps).value, F64),
        k.load_one(k.pointer("d", F64) + 1 + steps + (-1)),
        k.load_one(k.address(k.load_int(k.pointer("table", I64) + steps), F64) + 2),
    ]
    for index, number in enumerate(found):
        k.store_one(number, out + index)
    k.store_one(F32(1.5), k.pointer("f"))
    k.store_one(I8(255), k.pointer("b", I8) + steps)
    return k


def test_a_pointer_counts_in_its_own_kind_of_number(library):
    numbers = [np.arange(6) * scale for scale in (1, 10, 30, 100, 1000)]
    arrays = [array.astype(kind) for array, kind in zip(numbers, ("f4", "f8", "u1", "i4", "i8"), strict=True)]
    out = np.zeros(7)
    table = np.array([0, 0, 0, arrays[1].ctypes.data], np.int64)
    call(library, addresses, *arrays, 3, table, out)
    np.testing.assert_array_equal(out, [3, 30, 90, 300, 3000, 30, 20])
    np.testing.assert_array_equal(arrays[0], [1.5, 1, 2, 3, 4, 5])
    np.testing.assert_array_equal(arrays[2], [0, 30, 60, 255, 120, 150])


def looped(machine, name, *, step, known):
    k = Kernel(name, machine, "start stop seen")
    seen = k.pointer("seen", I64)
    start, stop = known or k.numbers("start stop")
    for index in k.loop(start, stop, step):
        count = k.load_int(seen) + 1
        k.store_one(count.value, seen)
        k.store_one(index.value, seen + count)
    return k


@pytest.mark.parametrize("step", [1, 3])
def test_a_loop_runs_as_pythons_range_does(library, step):
    for start in (-2, 0, 5):
        for stop in (-3, -2, -1, 0, 1, 5, 6, 7, 8, 9):
            for known in (None, (start, stop)) if step == 3 and start == 5 else (None,):
                seen = np.zeros(40, np.int64)
                call(library, looped, start, stop, seen, step=step, known=known)
                assert seen[1 : 1 + seen[0]].tolist() == list(range(start, stop, step))


def nested(machine, name):
    """out[i] = Σ over j < i with j ≠ 2 of j · x, for i < n; a loop in a condition in a loop in a loop."""
    k = Kernel(name, machine, "x n out before")
    x, n = k.load(k.pointer("x")), k.arguments["n"]
    overall = Variable(k, k.number(100.0))
    for i in k.loop(0, n):
        found = Variable(k, k.zero())
        for j in k.loop(0, i):
            other = k.builder.not_(j.equals(2))
            with k.when(other):
                for _ in k.loop(0, j):
                    found.set(found.get() + x)
                    overall.set(overall.get() + 1.0)
        k.store(found.get(), k.pointer("out") + i * k.L)
    k.store(overall.get(), k.pointer("before"))
    return k


def test_loops_in_conditions_in_loops(library):
    L = library.machine.lanes
    x = np.arange(1, L + 1, dtype=np.float32)
    for n in (0, 1, 2, 3, 6):
        out, overall = np.full((n + 1, L), -7, np.float32), np.zeros(L, np.float32)
        call(library, nested, x, n, out, overall)
        expected = [sum(j for j in range(i) if j != 2) for i in range(n)]
        np.testing.assert_array_equal(out[:n], np.outer(expected, x))
        np.testing.assert_array_equal(out[n], -7)
        np.testing.assert_array_equal(overall, 100 + sum(expected))


def chosen(machine, name):
    k = Kernel(name, machine, "number out")
    value = Variable(k, k.number(1.0))
    with k.when(k.arguments["number"] < 5):
        value.set(k.number(2.0))
        with k.when(k.arguments["number"].equals(3)):
            value.set(value.get() * 10.0)
    k.store(value.get(), k.pointer("out"))
    return k


def test_a_variable_has_the_value_that_it_was_given_last(library):
    out = np.zeros(library.machine.lanes, np.float32)
    for number, expected in ((9, 1), (4, 2), (3, 20), (5, 1)):
        call(library, chosen, number, out)
        np.testing.assert_array_equal(out, expected)


def told(machine, name):
    k = Kernel(name, machine, "out")
    k.store_one((k.task * 1000 + k.thread).value, k.pointer("out", I64) + k.task)
    return k


def test_a_kernel_knows_its_task_and_its_thread(library):
    out = np.zeros(4, np.int64)
    call(library, told, out, tasks=4, thread=7)
    np.testing.assert_array_equal(out, [7, 1007, 2007, 3007])


def calling(machine, name):
    k = Kernel(name, machine, "number out")
    number = k.builder.trunc(k.arguments["number"].value, I32)
    for index in range(2):  # declared once, called twice
        k.store_one(k.call("abs", I32, number), Pointer(k, k.pointer("out").value, I32) + index)
    return k


@pytest.mark.skipif(not ctypes.util.find_library("c"), reason="no C library of that name")
def test_functions_of_the_c_library_can_be_called(library):
    out = np.zeros(2, np.int32)
    call(library, calling, -12, out)
    np.testing.assert_array_equal(out, [12, 12])
