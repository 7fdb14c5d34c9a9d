"""Rows to blocks and back: every number at its place, none outside."""

import numpy as np
import pytest

from handgrad.engine.compiled.kernels.layout import (
    FEATURES,
    blocks_to_rows,
    pieces,
    rows_to_blocks,
    transposed,
)
from handgrad.engine.compiled.native.emitter import Kernel
from handgrad.engine.compiled.native.machine import host
from tests.engine.compiled.native_runs import WIDTHS, call, fixture_of_libraries

library = fixture_of_libraries(WIDTHS)
OUTSIDE = np.float32(-777)
FEW = (1, 3, 4, 7, 8, 9, 16, 17, 33)


def counts(library):
    """All small numbers of features with the host's lanes, elsewhere those around its lanes."""
    return range(1, 41) if library.machine.lanes == host().lanes else FEW


def framed(*shape):
    """An array for results, and the memory around it."""
    memory = np.full(int(np.prod(shape)) + 64, OUTSIDE, np.float32)
    return memory[32:-32].reshape(shape), memory


def untouched(memory):
    return bool(np.all(memory[:32] == OUTSIDE) and np.all(memory[-32:] == OUTSIDE))


def rows_of(kind, count, features, seed=0):
    """Rows that lie at odd places of a larger array, and their addresses."""
    rng = np.random.default_rng(seed)
    if kind == "bytes":
        memory = rng.integers(0, 256, (count * 2, features + 1)).astype(np.uint8)
    else:
        memory = rng.standard_normal((count * 2, features + 1), dtype=np.float32)
    chosen = rng.permutation(count * 2)[:count]
    places = memory.ctypes.data + chosen * memory.strides[0]
    return memory, memory[chosen, :features], places.astype(np.int64)


def padded(library, values):
    """Numbers for each feature, filled up to whole vectors."""
    L = library.machine.lanes
    full = np.ones(-(-len(values) // L) * L, np.float32)
    full[: len(values)] = values
    return full


def to_blocks(library, kind, features, *, blocks=2, keeps_rows=False, mean=False, std=False, seed=0):
    """Run the kernel; what it made and what it should have made, of blocks and of kept rows."""
    L = library.machine.lanes
    memory, rows, places = rows_of(kind, blocks * L, features, seed)
    rng = np.random.default_rng(seed + 1)
    means, stds = (rng.uniform(0.1, 1, features).astype(np.float32) for _ in range(2))
    y, around = framed(blocks, features, L)
    kept, around_kept = framed(blocks * L, -(-features // L) * L)
    arguments = [places, y, kept, padded(library, means), padded(library, stds)]
    parameters = {"features": features, "kind": kind, "keeps_rows": keeps_rows, "mean": mean, "std": std}
    call(library, rows_to_blocks, *arguments, tasks=blocks * pieces(features), **parameters)
    assert memory.any()  # alive until now
    expected = rows.astype(np.float32)
    if kind == "bytes":
        expected = expected / np.float32(255)
    expected = expected - means if mean else expected
    expected = expected / stds if std else expected
    assert untouched(around)
    assert untouched(around_kept)
    assert keeps_rows or np.all(kept == OUTSIDE)
    return y, kept[:, :features], expected.reshape(blocks, L, features).transpose(0, 2, 1), expected


@pytest.mark.parametrize("kind", ["bytes", "floats"])
def test_rows_become_blocks(library, kind):
    for features in counts(library) if kind == "floats" else FEW:
        y, _, expected, _ = to_blocks(library, kind, features)
        np.testing.assert_array_equal(y, expected, err_msg=f"{features} features")


@pytest.mark.parametrize("kind", ["bytes", "floats"])
@pytest.mark.parametrize(("mean", "std"), [(True, True), (True, False), (False, True)])
def test_normalised_and_kept_as_rows_too(library, kind, mean, std):
    L = library.machine.lanes
    for features in (L, 2 * L + 3):
        y, kept, blocks, rows = to_blocks(library, kind, features, keeps_rows=True, mean=mean, std=std)
        np.testing.assert_array_equal(y, blocks, err_msg=f"{features} features")
        np.testing.assert_array_equal(kept, rows, err_msg=f"{features} features")


@pytest.mark.parametrize("features", [FEATURES, FEATURES + 1, 784])
def test_many_features_are_several_tasks(library, features):
    y, kept, blocks, rows = to_blocks(library, "bytes", features, blocks=3, keeps_rows=True)
    np.testing.assert_array_equal(y, blocks)
    np.testing.assert_array_equal(kept, rows)


@pytest.mark.parametrize("features", [3 * FEATURES + 5])
def test_tasks_share_the_features_among_them(library, features):
    """Each task alone writes something, and no two of them the same."""
    L = library.machine.lanes
    memory, _, places = rows_of("floats", 2 * L, features)
    written = np.zeros((2, features, L), int)
    ones = padded(library, np.ones(features, np.float32))
    for task in range(2 * pieces(features)):
        y = np.full((2, features, L), np.nan, np.float32)
        parameters = {"features": features, "kind": "floats", "keeps_rows": False}
        call(library, rows_to_blocks, places, y, y, ones, ones, tasks=[task], **parameters)
        assert not np.all(np.isnan(y))
        written += ~np.isnan(y)
    np.testing.assert_array_equal(written, 1)
    assert memory.any()


def test_all_bytes(library):
    """Every value, and no sign: 255 is not −1."""
    L = library.machine.lanes
    images = np.arange(256, dtype=np.uint8).reshape(1, 256).repeat(L, 0)
    y, ones = np.zeros((1, 256, L), np.float32), np.ones(256, np.float32)
    places = images.ctypes.data + np.arange(L) * 256
    parameters = {"features": 256, "kind": "bytes", "keeps_rows": False}
    call(library, rows_to_blocks, places, y, y, ones, ones, tasks=pieces(256), **parameters)
    np.testing.assert_array_equal(
        y[0], (np.arange(256, dtype=np.float32) / np.float32(255))[:, None].repeat(L, 1)
    )


def test_blocks_become_rows_filled_up_with_zeros(library):
    L = library.machine.lanes
    rng = np.random.default_rng(0)
    for features in [*counts(library), FEATURES + 1, 784]:
        x = rng.standard_normal((3, features, L), dtype=np.float32)
        size = -(-features // L) * L
        y, around = framed(3 * L, size)
        call(library, blocks_to_rows, x, y, tasks=3 * pieces(features), features=features)
        np.testing.assert_array_equal(y[:, :features], x.transpose(0, 2, 1).reshape(3 * L, features))
        np.testing.assert_array_equal(y[:, features:], 0)
        assert untouched(around)


def test_there_and_back_are_the_same_bits(library):
    """NaN with its bits, denormal numbers and zeros with their signs."""
    L = library.machine.lanes
    for features in (5, 2 * L + 1):
        rows = np.random.default_rng(3).integers(0, 2**32, (L, features), dtype=np.uint32)
        rows[:, 0] = 0x80000000
        y, back = np.zeros((features, L), np.uint32), np.zeros((L, -(-features // L) * L), np.uint32)
        ones = np.ones(back.shape[1], np.float32)
        places = rows.ctypes.data + np.arange(L) * features * 4
        parameters = {"features": features, "kind": "floats", "keeps_rows": False}
        call(library, rows_to_blocks, places, y, y, ones, ones, **parameters)
        call(library, blocks_to_rows, y, back, features=features)
        np.testing.assert_array_equal(back[:, :features], rows)


def mirror(machine, name):
    k = Kernel(name, machine, "x y")
    rows = [k.load(k.pointer("x") + row * k.L) for row in range(k.L)]
    for row, vector in enumerate(transposed(k, rows)):
        k.store(vector, k.pointer("y") + row * k.L)
    return k


def test_a_square_of_vectors_is_mirrored(library):
    L = library.machine.lanes
    x = np.arange(L * L, dtype=np.float32).reshape(L, L)
    y = np.zeros_like(x)
    call(library, mirror, x, y)
    np.testing.assert_array_equal(y, x.T)
