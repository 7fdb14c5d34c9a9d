"""The pooling kernels alone, against loops over every window."""

import numpy as np
import pytest

from handgrad.engine.compiled.kernels.geometry import Windows
from handgrad.engine.compiled.kernels.pooling import LARGEST_WINDOW, Pooling, pool_backward, pool_forward
from tests.engine.compiled.native_runs import call, fixture_of_libraries

library = fixture_of_libraries(["host", "one lane"])  # others would show nothing more


def places(windows, u, v):
    """The pixels of one window, in the order of their numbers; None where it reaches over the edge."""
    for i in range(windows.KH):
        for j in range(windows.KW):
            row, column = u * windows.SH + i - windows.PH, v * windows.SW + j - windows.PW
            inside = 0 <= row < windows.H and 0 <= column < windows.W
            yield (row, column) if inside else None


def expected(kind, windows, x, dy):
    """y and dx of one map, image by image."""
    y, dx = np.zeros(dy.shape), np.zeros(x.shape)
    for u, v, n in np.ndindex(dy.shape):
        inside = [place for place in places(windows, u, v) if place]
        if kind == "max":
            best = max(inside, key=lambda place: x[(*place, n)])  # the first of equals
            y[u, v, n] = x[(*best, n)]
            dx[(*best, n)] += dy[u, v, n]
        else:
            area = windows.KH * windows.KW
            y[u, v, n] = sum(float(x[(*place, n)]) for place in inside) / area
            for place in inside:
                dx[(*place, n)] += dy[u, v, n] / area
    return y, dx


def check(library, kind, windows, different=9):
    """On whole numbers of which only so many are different."""
    L, rng = library.machine.lanes, np.random.default_rng(0)
    shape, out = (windows.H, windows.W, L), (windows.OH, windows.OW, L)
    x = (rng.integers(0, different, shape) - different // 2).astype(np.float32)
    dy = rng.integers(-3, 4, out).astype(np.float32)
    y, dx, winners = np.zeros(out, np.float32), np.full(shape, 9, np.float32), np.zeros(out, np.uint8)
    pooling = Pooling(kind, windows)
    call(library, pool_forward, x, y, winners, pooling=pooling, keeps=True)
    call(library, pool_backward, dy, winners, dx, pooling=pooling)
    wanted_y, wanted_dx = expected(kind, windows, x, dy)
    np.testing.assert_allclose(y, wanted_y, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(dx, wanted_dx, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize(
    "windows",
    [
        Windows(4, 6, 2, 2, 2, 2, 0, 0),
        Windows(5, 7, 2, 2, 2, 2, 0, 0),  # the last row and column are in no window
        Windows(7, 6, 3, 3, 2, 2, 1, 1),
        Windows(6, 7, 3, 2, 1, 1, 1, 0),
        Windows(7, 7, 2, 3, 3, 4, 0, 0),  # pixels between the windows
        Windows(1, 1, 1, 1, 1, 1, 0, 0),
        Windows(3, 30, 2, 3, 1, 1, 1, 1),  # a row long enough for a loop
        Windows(4, 50, 3, 5, 2, 2, 1, 2),
        Windows(2, LARGEST_WINDOW // 2, 2, LARGEST_WINDOW // 2, 1, 1, 0, 0),
    ],
)
def test_pooling(library, kind, windows):
    check(library, kind, windows)


def test_windows_wider_than_the_map(library):
    """All of them reach over an edge, and some over both."""
    check(library, "avg", Windows(2, 17, 1, 18, 1, 1, 0, 9), different=10_000)
    check(library, "max", Windows(1, 17, 1, 34, 1, 1, 0, 17), different=10_000)
