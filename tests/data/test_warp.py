"""Looking values up between pixels, held against SciPy's interpolation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates

from handgrad.data.warp import Places, resample


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9)),
    st.sampled_from([np.uint8, np.int32, np.float32, np.float64]),
)
def test_equals_scipy_inside_at_and_beyond_the_edges(
    seed: int, shape: tuple[int, int, int, int], dtype: type
) -> None:
    rng = np.random.default_rng(seed)
    N, _, H, W = shape
    images = rng.integers(0, 256, shape).astype(dtype)
    rows, columns = (rng.uniform(-3, size + 2, (N, H, W)) for size in (H, W))
    whole = rng.random((N, H, W)) < 0.3
    rows, columns = np.where(whole, rows.round(), rows), np.where(whole, columns.round(), columns)
    found = resample(images, Places(rows, columns))
    assert (found.shape, found.dtype) == (images.shape, images.dtype)
    for n in range(N):
        for plane, one in zip(images[n], found[n], strict=True):
            places = np.stack([rows[n], columns[n]])
            expected = map_coordinates(plane, places, np.float64, order=1, mode="grid-constant")
            tolerance = 0.501 if np.dtype(dtype).kind in "iu" else 1e-3
            np.testing.assert_allclose(one, expected, atol=tolerance)


@pytest.mark.parametrize("far", [1e5, -1e5, 1e300, -1e300, np.inf, -np.inf])
def test_far_away_it_is_black(far: float) -> None:
    images = np.full((1, 4, 4), 255, np.uint8)
    assert not resample(images, Places(np.full((1, 4, 4), far), np.zeros((1, 4, 4)))).any()
    assert not resample(images, Places(np.zeros((1, 4, 4)), np.full((1, 4, 4), far))).any()
