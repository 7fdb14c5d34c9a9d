import ctypes
import gc

import numpy as np
import pytest

from handgrad.engine.compiled.native.emitter import I64, Kernel
from handgrad.engine.compiled.native.program import CALL
from handgrad.engine.compiled.plan.builder import ALIGNMENT, Builder, aligned


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8"])
@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (17, 2, 3)])
def test_memory_begins_at_a_cache_line_and_is_zero(shape, dtype):
    for _ in range(5):
        made = aligned(shape, dtype)
        assert (made.shape, made.dtype) == (shape, np.dtype(dtype))
        assert made.ctypes.data % ALIGNMENT == 0
        assert made.flags.c_contiguous
        assert made.flags.writeable
        assert not made.any()


def test_a_batch_is_cut_into_blocks(library):
    L = library.machine.lanes
    for images in range(1, 3 * L + 2):
        blocks = len(range(0, images, L))
        build = Builder(library, images, 1, training=True)
        assert build.blocks == blocks
        assert build.maps(7).shape == (blocks, 7, L)


def test_zeros_in_the_place_of_what_is_not_there(library):
    build = Builder(library, 1, 1, training=True)
    for size in (1, 64, 65, 1000, 3):
        found = build.nothing(size)
        assert found.size >= size
        assert not found.any()


def noted(machine, name):
    """trace[trace[0] += 1] = mark · 1000 + task"""
    k = Kernel(name, machine, "trace mark")
    trace = k.pointer("trace", I64)
    count = k.load_int(trace) + 1
    k.store_one(count.value, trace)
    k.store_one((k.arguments["mark"] * 1000 + k.task).value, trace + count)
    return k


def trace_of(trace):
    return trace[1 : 1 + trace[0]].tolist()


def test_stages_run_in_the_order_in_which_they_were_appended(library):
    build = Builder(library, 1, 1, training=True)
    trace, order = build.array((50,), np.int64), []
    build.add(noted, {}, [trace, 1], 2)
    build.add(noted, {}, [trace, 2], 1)
    build.python(lambda: order.append(trace_of(trace)))
    build.python(lambda: order.append("again"))
    build.add(noted, {}, [trace, 3], 1)
    build.close()
    build.close()  # nothing to close
    assert (len(build.stages), len(build.programs)) == (4, 2)
    for _ in range(2):
        for stage in build.stages:
            stage(1)
    assert order == [[1000, 1001, 2000], "again", [1000, 1001, 2000, 3000, 1000, 1001, 2000], "again"]


def test_random_numbers_are_drawn_before_the_kernels_around_them(library):
    build = Builder(library, 1, 1, training=True)
    trace, drawn = build.array((50,), np.int64), []
    build.add(noted, {}, [trace, 1], 1)
    assert not build.uses_rng
    build.draw(lambda rng: drawn.append((rng.integers(100), trace_of(trace))))
    build.draw(lambda rng: drawn.append((rng.integers(100), trace_of(trace))))
    build.add(noted, {}, [trace, 2], 1)
    build.close()
    build.add(noted, {}, [trace, 3], 1)
    build.close()
    assert build.uses_rng
    for stage in build.stages:
        build.rng = np.random.default_rng(5)
        stage(1)
    numbers = np.random.default_rng(5)
    assert drawn == [(numbers.integers(100), []), (numbers.integers(100), [])]  # once, in their order
    assert trace_of(trace) == [1000, 2000, 3000]


def test_arrays_that_kernels_use_live_as_long_as_the_plan(library):
    build = Builder(library, 1, 1, training=True)
    given = np.zeros(50, np.int64)
    place = given.ctypes.data
    build.add(noted, {}, [given, 1], 1)
    build.close()
    del given
    gc.collect()
    others = [np.full(50, 9, np.int64) for _ in range(200)]  # would take the place of what was freed
    build.stages[0](1)
    assert list((ctypes.c_int64 * 2).from_address(place)) == [1, 1000]
    assert all((other == 9).all() for other in others)


class Recorder:
    """In the place of a library: every kernel is one Python function, which notes its arguments."""

    def __init__(self, library, words):
        self.machine, self._library, self.seen = library.machine, library, []
        self._called = CALL(
            lambda place, task, thread: self.seen.append(
                ((ctypes.c_int64 * words).from_address(place)[:], thread)
            )
        )

    def address(self, factory, **parameters):
        if factory.__name__ in ("run_program", "help_programs"):
            return self._library.address(factory, **parameters)
        return ctypes.cast(self._called, ctypes.c_void_p).value


def test_each_thread_has_scratch_memory_of_its_own(library):
    recorder = Recorder(library, 3)
    build = Builder(recorder, 1, 4, training=True)
    build.add(noted, {}, [7, 0, 0], 1, scratch=(1, 100))
    build.add(noted, {}, [8, 0, 0], 1, scratch=(1, 5))
    build.add(noted, {}, [9, 9, 9], 1)
    build.close()
    build.add(noted, {}, [0, 0, 10], 1, scratch=(0, 17))
    build.close()
    for stage in build.stages:
        stage(1)
    (first, second, third, fourth) = [arguments for arguments, _ in recorder.seen]
    assert first[0::3] == [7]
    place, floats = first[1:]
    assert place % ALIGNMENT == 0
    assert floats >= 100
    assert floats * 4 % ALIGNMENT == 0  # no two threads write to one cache line
    assert second == [8, place, floats]  # one memory for all kernels of a program
    assert third == [9, 9, 9]
    own, own_floats, last = fourth
    assert (own_floats * 4 % ALIGNMENT, last) == (0, 10)
    assert own_floats >= 17
    assert own != place
    sizes = {array.ctypes.data: array.size for array in build._alive if array.dtype == np.float32}
    assert sizes[place] >= 4 * floats
    assert sizes[own] >= 4 * own_floats
