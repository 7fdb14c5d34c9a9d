from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handgrad.data.parts import Part, Parts
from handgrad.data.png_folder import find_png, read_png_folder, write_png_folder
from handgrad.errors import DataError


def test_round_trip_in_order(tmp_path: Path, tiny: Parts) -> None:
    write_png_folder(tmp_path, Parts(tiny.train, tiny.test, tiny.test))
    assert find_png(tmp_path)
    back = read_png_folder(tmp_path)
    assert back.names == tuple("0123456789")
    assert back.validation is not None
    for part, expected in ((back.train, tiny.train), (back.validation, tiny.test), (back.test, tiny.test)):
        np.testing.assert_array_equal(part.images, expected.images)
        np.testing.assert_array_equal(part.labels, expected.labels)
    label = int(tiny.train.labels[17])
    with Image.open(tmp_path / "train" / str(label) / "00017.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), tiny.train.images[17])


def test_colour_and_one_channel(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 3, 5, 7), dtype=np.uint8)
    part = Part(images, np.array([0, 1, 0, 1]))
    write_png_folder(tmp_path / "colour", Parts(part, part, names=("cat", "dog")))
    back = read_png_folder(tmp_path / "colour")
    assert back.names == ("cat", "dog")
    np.testing.assert_array_equal(back.train.images, images)
    one = Part(images[:, :1], part.labels)
    write_png_folder(tmp_path / "one", Parts(one, one))
    np.testing.assert_array_equal(read_png_folder(tmp_path / "one").train.images, images[:, 0])


def save(path: Path, value: int = 0, size: tuple[int, int] = (4, 4)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, value).save(path)


def test_names_that_are_no_numbers_are_mixed(tmp_path: Path) -> None:
    for label, name in enumerate(("ant", "bee")):
        for index in range(20):
            save(tmp_path / "train" / name / f"{name}{index}.png", 100 * label)
        save(tmp_path / "test" / name / "x.png", 100 * label)
    back = read_png_folder(tmp_path)
    assert back.names == ("ant", "bee")
    np.testing.assert_array_equal(back.train.images[:, 0, 0], 100 * back.train.labels)
    assert 0 < back.train.labels[-6:].sum() < 6


def test_classes_that_are_numbers_are_in_their_order(tmp_path: Path) -> None:
    for label in range(12):
        for split in ("train", "test"):
            save(tmp_path / split / str(label) / f"{label}.png", label)
    back = read_png_folder(tmp_path)
    np.testing.assert_array_equal(back.test.images[:, 0, 0], back.test.labels)
    assert back.names is not None
    assert back.names[10] == "10"


def test_mistakes_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="train/CLASS"):
        read_png_folder(tmp_path)
    save(tmp_path / "train" / "a" / "1.png")
    with pytest.raises(DataError, match="test: expected pictures"):
        read_png_folder(tmp_path)
    save(tmp_path / "test" / "b" / "1.png")
    with pytest.raises(DataError, match="expected a class of the training images"):
        read_png_folder(tmp_path)
    save(tmp_path / "train" / "b" / "2.png", size=(5, 4))
    with pytest.raises(DataError, match=r"2\.png: expected a picture of 4x4 pixels.* got 5x4"):
        read_png_folder(tmp_path)
    whole = (tmp_path / "train" / "a" / "1.png").read_bytes()
    for content in (b"", b"no picture", whole[:44]):
        (tmp_path / "train" / "b" / "2.png").write_bytes(content)
        with pytest.raises(DataError, match=r"2\.png"):
            read_png_folder(tmp_path)


def test_what_png_cannot_hold(tmp_path: Path) -> None:
    part = Part(np.zeros((2, 4, 4), np.float32), np.array([0, 1]))
    with pytest.raises(DataError, match="float32"):
        write_png_folder(tmp_path, Parts(part, part))
