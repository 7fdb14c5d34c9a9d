"""Images from where they lie to blocks, whatever the batch's size."""

import numpy as np
import pytest

from handgrad.data import Normalisation
from handgrad.engine.compiled.plan.builder import Builder
from handgrad.engine.compiled.plan.rows import Rows

SHAPE = (2, 3, 5)  # 30 features: no whole vectors on any machine but with two lanes


def batches(library):
    L = library.machine.lanes
    return sorted({1, 2, max(1, L - 1), L, L + 1, 2 * L, 2 * L + 1})


def laid_out(blocks, images):
    """Blocks (B, F, L) as rows (B · L, F); the batch, and what lies behind it."""
    rows = blocks.transpose(0, 2, 1).reshape(-1, blocks.shape[1])
    return rows[:images], rows[images:]


def run(build):
    build.close()
    for stage in build.stages:
        stage(1)


def test_rows_of_floats(library):
    for images in batches(library):
        build = Builder(library, images, 1, training=True)
        rows = Rows(build, 30, "floats")
        y = rows.append(build)
        x = np.random.default_rng(images).standard_normal((images, *SHAPE), dtype=np.float32)
        for values in (x, -x):
            rows.point_at(values)
            run(build)
            batch, behind = laid_out(y, images)
            np.testing.assert_array_equal(batch, values.reshape(images, 30))
            np.testing.assert_array_equal(behind, values.reshape(images, 30)[-1:].repeat(len(behind), 0))


def test_behind_gradients_there_is_nothing_to_learn(library):
    for images in batches(library):
        build = Builder(library, images, 1, training=True)
        rows = Rows(build, 30, "floats", gradients=True)
        y = rows.append(build)
        rows.point_at(np.ones((images, *SHAPE), np.float32))
        run(build)
        batch, behind = laid_out(y, images)
        np.testing.assert_array_equal(batch, 1)
        np.testing.assert_array_equal(behind, 0)


@pytest.mark.parametrize(
    "normalisation",
    [
        None,
        Normalisation(0.0, 1.0),
        Normalisation(0.1307, 0.3081),
        Normalisation(0.0, 0.5),
        Normalisation(0.5, 1.0),
        Normalisation((0.1, 0.9), (0.25, 0.5)),
        Normalisation((0.0, 0.9), 1.0),
    ],
)
def test_chosen_bytes_are_normalised_as_the_data_room_does(library, normalisation):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (50, *SHAPE)).astype(np.uint8)
    for count in batches(library):
        build = Builder(library, count, 1, training=True)
        size = -(-30 // build.L) * build.L
        kept = build.array((build.blocks * build.L, size))
        rows = Rows(build, 30, "bytes")
        y = rows.append(build, normalisation=normalisation, channels=2, kept=kept)
        for _ in range(2):
            chosen = rng.integers(0, 50, count)
            rows.pick(images, chosen)
            run(build)
            expected = (normalisation or Normalisation()).apply(images[chosen]).reshape(count, 30)
            batch, _ = laid_out(y, count)
            np.testing.assert_array_equal(batch, expected)
            np.testing.assert_array_equal(kept[:count, :30], expected)


def test_bytes_in_their_order(library):
    images = np.random.default_rng(1).integers(0, 256, (5, *SHAPE)).astype(np.uint8)
    build = Builder(library, 3, 1, training=True)
    rows = Rows(build, 30, "bytes")
    y = rows.append(build, normalisation=Normalisation(0.0, 1.0), channels=2)
    rows.point_at(images[2:])
    run(build)
    batch, behind = laid_out(y, 3)
    np.testing.assert_array_equal(batch, images[2:].reshape(3, 30) / np.float32(255))
    np.testing.assert_array_equal(behind, batch[-1:].repeat(len(behind), 0))


def test_behind_the_batch_nothing_is_infinite(library):
    """Lanes without an image are computed with too: what they hold must stay a number."""
    build = Builder(library, 1, 1, training=True)
    kept = build.array((build.blocks * build.L, -(-30 // build.L) * build.L))
    rows = Rows(build, 30, "bytes")
    normalisation = Normalisation((0.1, 0.9), (0.25, 1e-3))
    y = rows.append(build, normalisation=normalisation, channels=2, kept=kept)
    rows.pick(np.full((1, *SHAPE), 255, np.uint8), np.array([0]))
    run(build)
    assert np.isfinite(y).all()
    assert np.isfinite(kept).all()  # behind the last feature too


def test_lanes_behind_the_batch_read_the_last_image_of_this_step(library):
    if library.machine.lanes == 1:
        pytest.skip("there are no such lanes")
    build = Builder(library, 1, 1, training=True)
    rows = Rows(build, 30, "floats")
    images = np.ones((5, *SHAPE), np.float32)
    rows.point_at(images[:1])
    assert set(rows._addresses) == {images.ctypes.data}
    rows.pick(images, np.array([4]))
    assert set(rows._addresses) == {images[4].ctypes.data}
