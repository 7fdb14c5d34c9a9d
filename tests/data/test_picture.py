from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from handgrad.data import Splits, digit_from_picture, load_digits
from handgrad.errors import DataError

COLOURS = [("black", "white"), ("white", "black"), ("navy", "yellow"), ("red", "green"), ("#999", "#ccc")]


def drawn(digit: str, size: int, ink: str = "white", paper: str = "black", mode: str = "RGB") -> Image.Image:
    """A printed digit, off the middle, in a picture twice as high as the letter."""
    picture = Image.new("RGB", (2 * size, 3 * size), paper)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(picture).text((0.9 * size, 0.4 * size), digit, ink, font)
    return picture.convert(mode)


def unlike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(float) - other).mean() / 255)


def unlike_when_aligned(one: np.ndarray, other: np.ndarray) -> float:
    """Centring rounds to whole pixels, so that two almost equal digits may lie one pixel apart."""
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(unlike(np.roll(one, shift, axis=(0, 1)), other) for shift in shifts)


def test_size_does_not_matter() -> None:
    """A digit made smaller or larger stays nearest to itself, and mostly very near."""
    large = [drawn(digit, 300) for digit in "0123456789"]
    known = [digit_from_picture(picture) for picture in large]
    errors = []
    for size in ((150, 225), (211, 317), (1001, 1501)):
        for digit, picture in enumerate(large):
            seen = digit_from_picture(picture.resize(size, Image.Resampling.LANCZOS))
            unlikeness = [unlike_when_aligned(seen, other) for other in known]
            assert int(np.argmin(unlikeness)) == digit
            errors.append(unlikeness[digit])
    assert np.median(errors) < 0.015


@pytest.mark.parametrize(("ink", "paper"), COLOURS)
def test_colours_and_polarity_do_not_matter(ink: str, paper: str) -> None:
    expected = digit_from_picture(drawn("5", 120))
    assert unlike(digit_from_picture(drawn("5", 120, ink, paper)), expected) < 0.01


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I", "F"])
def test_modes_of_pictures(mode: str) -> None:
    expected = digit_from_picture(drawn("3", 120))
    assert unlike(digit_from_picture(drawn("3", 120, "black", "white", mode)), expected) < 0.05


@pytest.mark.parametrize("ink", [0, 255, 128])
@pytest.mark.parametrize("hidden", [0, 255])
def test_transparent_paper_whatever_its_hidden_colour(ink: int, hidden: int) -> None:
    mask = drawn("7", 120, mode="L")
    expected = digit_from_picture(mask)
    picture = Image.new("LA", mask.size, (hidden, 0))
    picture.paste(Image.new("LA", mask.size, (ink, 255)), mask=mask.point(lambda v: 255 * (v > 127)))
    assert unlike(digit_from_picture(picture), expected) < 0.03


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp"])
def test_files(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"digit.{ending}"
    drawn("9", 150, "black", "white").save(path)
    assert unlike(digit_from_picture(path), digit_from_picture(drawn("9", 150))) < 0.02
    assert digit_from_picture(str(path)).dtype == np.uint8


def test_noise_of_jpeg_does_not_widen_the_box(tmp_path: Path) -> None:
    drawn("1", 150, "black", "white").save(tmp_path / "digit.jpg", quality=30)
    seen, expected = digit_from_picture(tmp_path / "digit.jpg"), digit_from_picture(drawn("1", 150))
    assert unlike_when_aligned(seen, expected) < 0.03


def test_rotated_by_the_camera(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    drawn("4", 150).rotate(90, expand=True).save(tmp_path / "digit.jpg", exif=exif, quality=95)
    assert unlike(digit_from_picture(tmp_path / "digit.jpg"), digit_from_picture(drawn("4", 150))) < 0.02


def test_made_as_mnist_was() -> None:
    for digit in "0123456789":
        image = digit_from_picture(drawn(digit, 200)).astype(float)
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        assert rows[-1] - rows[0] + 1 == 20
        assert columns[-1] - columns[0] + 1 < 20
        assert abs(image.sum(axis=1) @ np.arange(28) / image.sum() - 14) <= 0.5
        assert abs(image.sum(axis=0) @ np.arange(28) / image.sum() - 14) <= 0.5
        assert image.max() == 255


def test_proportions_are_kept_and_a_line_survives() -> None:
    wide = Image.new("L", (900, 300))
    ImageDraw.Draw(wide).rectangle((100, 100, 699, 111), 255)  # 600 x 12 pixels
    image = digit_from_picture(wide)
    assert image.sum(axis=1).nonzero()[0].size == 1
    assert image.sum(axis=0).nonzero()[0].size == 20


def as_picture(image: np.ndarray, scale: int, invert: bool, shift: tuple[int, int]) -> Image.Image:
    large = np.pad(np.kron(image, np.ones((scale, scale), np.uint8)), 30)
    large = np.roll(large, shift, axis=(0, 1))
    return Image.fromarray(255 - large if invert else large)


def round_trips(images: np.ndarray) -> list[float]:
    errors = []
    for index, image in enumerate(images):
        picture = as_picture(image, 2 + index % 5, index % 2 == 0, (index % 41 - 20, index % 37 - 18))
        errors.append(unlike(digit_from_picture(picture), image))
    return errors


def test_digits_enlarged_inverted_and_shifted_come_back() -> None:
    images = load_digits().test.images[:100]
    strong = np.where(images < 21, 0, images)  # without what is too faint to be ink
    tall = [image for image in strong if np.ptp(np.flatnonzero(image.any(axis=1))) == 19]
    assert len(tall) > 20
    errors = round_trips(np.stack(tall))
    assert np.median(errors) < 0.01
    assert max(errors) < 0.08  # a centre of mass on the border between two pixels may move one


@pytest.mark.mnist
def test_real_mnist_digits_come_back(mnist: Splits) -> None:
    errors = round_trips(mnist.test.images[:300])
    assert np.median(errors) < 0.002
    assert np.quantile(errors, 0.95) < 0.01


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (50, 50), "white"),
        Image.new("L", (1, 1)),
        Image.new("RGBA", (50, 50), (0, 0, 0, 0)),
        Image.fromarray(np.random.default_rng(0).integers(120, 130, (60, 60), dtype=np.uint8)),
        Image.new("L", (0, 0)),
    ],
)
def test_empty_pictures(picture: Image.Image) -> None:
    with pytest.raises(DataError, match="the picture: expected a digit, got"):
        digit_from_picture(picture)


def test_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "digit.png"
    with pytest.raises(DataError, match=r"digit\.png: expected a file, got none"):
        digit_from_picture(path)
    drawn("2", 100).save(path)
    whole = path.read_bytes()
    for content in (b"", b"no picture", whole[: len(whole) // 2], whole[:30]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"digit\.png: expected"):
            digit_from_picture(path)
    with pytest.raises(DataError, match="expected"):
        digit_from_picture(tmp_path)


def test_enormous_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn("2", 100).save(tmp_path / "digit.png")
    for limit in (40_000, 20_000):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(DataError, match="one that cannot be read"):
            digit_from_picture(tmp_path / "digit.png")
