from pathlib import Path

import numpy as np
import pytest

from handgrad.errors import ArgumentError, RunError
from handgrad.report import Bar, Panel, pictures_figure, save_figure, speed_figure


def figure(*, caption: str = "a machine"):
    bars = (Bar("side 0", "handgrad", 100, 90, 110), Bar("side 1", "PyTorch", 50, 40, 60))
    return speed_figure([Panel("lenet", "images/s", bars)], caption)


def test_the_same_svg_byte_for_byte_with_its_text_as_text(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        save_figure(figure(), tmp_path / name)
    first = (tmp_path / "a.svg").read_bytes()
    assert first == (tmp_path / "b.svg").read_bytes()
    assert b">side 1</text>" in first
    assert b"<dc:date>" not in first
    save_figure(figure(caption="another"), tmp_path / "b.svg")
    assert first != (tmp_path / "b.svg").read_bytes()


def test_each_picture_of_an_svg_keeps_its_pixels(tmp_path: Path) -> None:
    save_figure(pictures_figure(np.zeros((6, 4, 4))), tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text().count("<image ") == 6


def test_other_formats_and_what_is_none(tmp_path: Path) -> None:
    save_figure(figure(), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    save_figure(figure(), tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(ArgumentError, match=r"\.svg, \.png, \.pdf"):
        save_figure(figure(), tmp_path / "a.gif")
    with pytest.raises(RunError, match="none"):
        save_figure(figure(), tmp_path / "none" / "a.png")
