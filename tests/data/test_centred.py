import numpy as np

from handgrad.data.centred import centred


def test_centre_of_mass_is_within_half_a_pixel_of_the_middle() -> None:
    rng = np.random.default_rng(0)
    boxes = (rng.integers(0, 256, (50, 12, 9)) * rng.integers(0, 2, (50, 12, 1))).astype(np.uint8)
    images = centred(boxes)
    assert images.shape == (50, 28, 28)
    np.testing.assert_array_equal(images.sum(axis=(1, 2)), boxes.sum(axis=(1, 2)))
    for image in images.astype(float):
        row, column = (image.sum(axis=1 - axis) @ np.arange(28) / image.sum() for axis in (0, 1))
        assert abs(row - 14) <= 0.5 + 1e-9
        assert abs(column - 14) <= 0.5 + 1e-9


def test_nothing_is_cut_off() -> None:
    box = np.full((1, 20, 20), 1, np.uint8)
    box[0, 0, 0] = 255
    lopsided = np.zeros((1, 20, 20), np.uint8)
    lopsided[0, :2] = 255
    for boxes in (box, lopsided):
        assert centred(boxes).sum() == boxes.sum()
    assert centred(lopsided)[0, 8:10, 4:24].min() == 255  # as far down as the box can go


def test_black_images_stay_black() -> None:
    assert centred(np.zeros((2, 20, 20), np.uint8)).sum() == 0
