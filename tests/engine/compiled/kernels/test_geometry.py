"""How maps, rows and channels are cut: everything once, nothing twice, nothing outside."""

from itertools import pairwise, product

import numpy as np
import pytest

from handgrad.engine.compiled.kernels.channels import ChannelTiles
from handgrad.engine.compiled.kernels.convolution import Convolution
from handgrad.engine.compiled.kernels.convolution_dw import chunks, dw_tiles
from handgrad.engine.compiled.kernels.convolution_dx import dx_shape, dx_tiles
from handgrad.engine.compiled.kernels.geometry import UNROLLED, Tile, Windows, parts, tiles
from handgrad.engine.compiled.kernels.tile import best_shape
from tests.engine.compiled.kernels.pretended import Number, Pretended, known

# parts of a number


def test_parts():
    for total, most in product(range(1, 80), range(1, 40)):
        found = parts(total, most)
        assert sum(found) == total
        assert min(found) >= 1
        assert max(found) <= most
        assert max(found) - min(found) <= 1
        assert len(found) == -(-total // most)  # as few as possible
        assert found == sorted(found, reverse=True)  # ChannelTiles and linear kernels count on it


# tiles of a row


def cut(columns, widest, left=0, right=0):
    return list(tiles(Pretended(), columns, widest, left, right))


def covered(pieces, columns):
    """How often each column is in a tile; columns outside are an error."""
    count = np.zeros(columns, int)
    for piece in pieces:
        start = known(piece.start)
        assert piece.width > 0
        assert start >= 0
        assert start + piece.width <= columns, "a tile reaches over the end of its row"
        count[start : start + piece.width] += 1
    return count


def small_edges():
    """Rows in which there is room between the edges."""
    for columns, widest, left, right in product(range(1, 45), (1, 2, 3, 4, 5, 7, 16), range(6), range(6)):
        if -(-left // widest) * widest + right <= columns:
            yield columns, widest, left, right


def test_tiles_cover_a_row_once():
    for columns, widest, left, right in small_edges():
        pieces = cut(columns, widest, left, right)
        assert np.all(covered(pieces, columns) == 1), (columns, widest, left, right)
        assert all(piece.width <= widest for piece in pieces)


def test_tiles_cover_a_row_once_where_windows_reach_over_both_edges_at_once():
    for columns, widest, left, right in product(
        range(1, 45, 2), (1, 2, 3, 5, 16), range(0, 50, 3), range(0, 50, 3)
    ):
        pieces = cut(columns, widest, left, right)
        assert np.all(covered(pieces, columns) == 1), (columns, widest, left, right)


def test_tiles_inside_a_loop_are_alike_and_far_from_the_edges():
    """What is known of their windows is known of all: each column of the map exists."""
    looped = 0
    for columns, widest, left, right in small_edges():
        for piece in cut(columns, widest, left, right):
            if isinstance(piece.start, Number):
                looped += 1
                assert piece.width == widest
                assert left <= piece.start.now
                assert piece.start.now + widest <= columns - right
    assert looped > 1000


def test_a_few_tiles_have_nearly_equal_widths():
    for columns, widest in product(range(1, 60), range(1, 20)):
        pieces = cut(columns, widest, 2, 2) if columns > 4 else cut(columns, widest)
        if len(pieces) <= UNROLLED:
            widths = [piece.width for piece in pieces]
            assert max(widths) - min(widths) <= 1
            assert len(pieces) == -(-columns // widest)
            assert all(isinstance(piece.start, int) for piece in pieces)


def test_long_rows_are_not_written_out():
    pieces = cut(1000, 4, 2, 2)
    assert sum(isinstance(piece.start, int) for piece in pieces) <= 4
    assert len(pieces) == 250


def test_which_columns_of_a_tile_are_on_the_map():
    assert [Tile(0, 4).on_the_map(column, 3) for column in (-1, 0, 2, 3)] == [False, True, True, False]
    assert all(Tile(Number(0), 4).on_the_map(column, 3) for column in (-1, 0, 2, 3))


# windows


def geometries():
    for size, kernel, stride, padding in product(range(1, 8), range(1, 6), range(1, 4), range(4)):
        if size + 2 * padding >= kernel:
            yield size, kernel, stride, padding


def test_sizes_of_the_output():
    for size, kernel, stride, padding in geometries():
        starts = range(-padding, size + padding - kernel + 1, stride)
        tall = Windows(size, 9, kernel, 2, stride, 1, padding, 0)
        wide = Windows(9, size, 2, kernel, 1, stride, 0, padding)
        assert (len(starts), 8) == (tall.OH, tall.OW)
        assert (8, len(starts)) == (wide.OH, wide.OW)


def test_kernel_rows_that_lie_on_the_map():
    for size, kernel, stride, padding in geometries():
        windows = Windows(size, 9, kernel, 3, stride, 1, padding, 0)
        for row in range(windows.OH):
            first, last = (known(bound) for bound in windows.rows_below(Number(row), Pretended()))
            wanted = [d for d in range(kernel) if 0 <= row * stride + d - padding < size]
            assert list(range(first, last)) == wanted


# channels


def test_channel_tiles_cover_every_channel_once():
    for groups, of_group, most in product(range(1, 5), range(1, 20), range(1, 12)):
        channels = groups * of_group
        cut, count = ChannelTiles(channels, groups, most), np.zeros(channels, int)
        assert cut.large <= most
        for task in range(cut.count):
            kernel = Pretended()
            chosen = [
                (known(group), known(first), size)
                for group, first, size in cut.each(kernel, Number(task))
                if kernel.true
            ]
            ((group, first, size),) = chosen  # exactly one size is right
            assert size in (cut.large, cut.small)
            assert group * of_group <= first
            assert first + size <= (group + 1) * of_group
            count[first : first + size] += 1
        np.testing.assert_array_equal(count, 1, err_msg=f"{channels, groups, most}")


# register tiles


@pytest.mark.parametrize("registers", [8, 16, 32])
def test_tiles_fit_the_registers(registers):
    for rows, columns in product(
        (1, 2, 3, 4, 5, 6, 7, 8, 10, 16, 20, 32, 64, 500), (1, 2, 3, 4, 5, 7, 8, 12, 14, 24, 28)
    ):
        for reach, taps in ((0, 1), (2, 3), (4, 5), (6, 7), (5, 3), (10, 11), (40, 20)):
            found = best_shape(rows, columns, registers, reach, taps)
            needed = found.rows * found.columns + found.columns + reach + 1
            assert needed <= registers or (found.rows, found.columns) == (1, 1)
            assert 1 <= found.rows <= rows
            assert 1 <= found.columns <= columns


def shapes():
    for size, kernel, stride, padding in (
        (28, 5, 1, 2),
        (12, 5, 1, 0),
        (9, 3, 2, 1),
        (7, 1, 1, 0),
        (20, 11, 3, 5),
        (3, 3, 1, 1),
    ):
        for C, O, groups in ((1, 1, 1), (1, 20, 1), (20, 50, 1), (6, 9, 3), (8, 8, 8)):
            windows = Windows(size, size, kernel, kernel, stride, stride, padding, padding)
            yield Convolution(C, O, groups, windows)


@pytest.mark.parametrize("registers", [16, 32])
def test_tiles_of_convolutions(registers):
    for shape in shapes():
        windows = shape.windows
        forward, back = shape.forward_shape(registers), dx_shape(shape, registers)
        assert forward.rows <= shape.O // shape.groups
        assert forward.columns <= windows.OW
        assert back.rows <= shape.C // shape.groups
        assert back.columns % windows.SW == 0  # a tile begins where the stride's pattern does
        assert dx_tiles(shape, registers).large <= back.rows
        size = dw_tiles(shape, registers).large
        assert size == 1 or size * windows.KW + windows.KW + 2 <= registers


def test_chunks_of_a_batch_do_not_depend_on_the_number_of_threads():
    for shape in shapes():
        for blocks in range(1, 40):
            count = chunks(shape, 32, blocks)
            assert 1 <= count <= blocks
            edges = [number * blocks // count for number in range(count + 1)]  # as the kernel cuts them
            assert all(low < high for low, high in pairwise(edges))
