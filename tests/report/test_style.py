import subprocess
import sys

import pytest

from handgrad.report.style import INK, PALETTE, colour, ink, lines_of, number, width_of, wrap


def luminance(paint: str) -> float:
    """Of WCAG 2, from 0 (black) to 1 (white)."""
    parts = [int(paint[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    red, green, blue = parts
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_letters_can_be_read_on_white() -> None:
    assert all(1.05 / (luminance(paint) + 0.05) >= 4.5 for paint in INK)
    assert len(set(PALETTE)) == len(PALETTE) == len(INK)


def test_colours_come_again() -> None:
    assert colour(0) == colour(len(PALETTE)) != colour(1)
    assert ink(1) == INK[1]


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 4, "0"),
        (0.97314, 4, "0.9731"),
        (1.0, 4, "1"),
        (12345.6, 4, "12,346"),
        (-0.5, 4, "-0.5"),
        (0.00012345, 2, "0.00012"),
        (3.2e-9, 2, "3.2e-09"),
        (float("nan"), 4, "nan"),
        (float("inf"), 4, "inf"),
    ],
)
def test_numbers(value: float, digits: int, text: str) -> None:
    assert number(value, digits) == text


def test_wrapping_keeps_every_word_and_breaks_the_longest() -> None:
    text = wrap("one two three four", 0.6, 8)
    assert text.split() == ["one", "two", "three", "four"]
    assert lines_of(text) > 1
    assert width_of(text, 8) <= 0.6
    assert wrap("a\nb", 3, 8) == "a\nb"
    assert lines_of(wrap("x" * 40, 1.0, 8)) > 1
    assert (lines_of(""), width_of("", 8)) == (0, 0)


def test_the_room_costs_little_to_enter() -> None:
    heavy = ["matplotlib", "jinja2", "markdown_it", "typst", "tex2typst", "latex2mathml"]
    program = f"import sys, handgrad.report; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
