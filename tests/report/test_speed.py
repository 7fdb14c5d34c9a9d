import pytest

from handgrad.errors import ArgumentError
from handgrad.report import Bar, Panel, speed_figure
from handgrad.report.speed import COLOURS, _number


def bars(*medians: float) -> tuple[Bar, ...]:
    families = ("handgrad", "PyTorch", "JAX", "another")
    return tuple(
        Bar(f"side {position}", families[position % 4], median, median - 10, median + 30, note="2.00×")
        for position, median in enumerate(medians)
    )


def panel(*medians: float, title: str = "lenet") -> Panel:
    return Panel(title, "images/s", bars(*medians))


def test_each_bar_is_as_long_as_its_speed() -> None:
    (axes,) = speed_figure([panel(100.0, 300.0)]).axes
    assert [patch.get_width() for patch in axes.patches] == [100.0, 300.0]
    assert [line.get_xdata().tolist() for line in axes.lines] == [[90.0, 130.0], [290.0, 330.0]]
    assert [text.get_text() for text in axes.texts] == ["100  2.00×", "300  2.00×"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["side 0", "side 1"]
    assert axes.yaxis_inverted()  # the first on top
    assert (axes.get_title(loc="left"), axes.get_xlabel()) == ("lenet", "images/s")
    assert axes.get_xlim()[0] == 0  # lengths that are compared begin at nothing
    assert axes.get_xlim()[1] > 330


def test_families_have_colours_of_their_own() -> None:
    (axes,) = speed_figure([panel(1.0, 2.0, 3.0, 4.0, 5.0)]).axes
    colours = [patch.get_facecolor() for patch in axes.patches]
    assert len(set(colours)) == 4
    assert colours[0] == colours[4]
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_what_differs_in_kind_is_hatched() -> None:
    plain, odd = Bar("a", "PyTorch", 1, 1, 1), Bar("b", "PyTorch", 1, 1, 1, hatched=True)
    (axes,) = speed_figure([Panel("x", "y", (plain, odd))]).axes
    assert [bool(patch.get_hatch()) for patch in axes.patches] == [False, True]


def test_panels_fill_rows() -> None:
    figure = speed_figure([panel(1.0, title=str(number)) for number in range(5)], "a machine\nversions")
    assert [axes.get_title(loc="left") for axes in figure.axes] == list("01234")
    assert [axes.get_subplotspec().colspan.start for axes in figure.axes] == [0, 1, 0, 1, 0]
    assert figure.get_supxlabel() == "a machine\nversions"
    assert speed_figure([panel(1.0)]).get_size_inches()[0] < figure.get_size_inches()[0]


def test_a_panel_without_bars_can_be_drawn_and_no_panel_can_not() -> None:
    assert len(speed_figure([panel()]).axes) == 1
    with pytest.raises(ArgumentError, match="at least one panel"):
        speed_figure([])


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (12345.6, "12,346"), (100, "100"), (99.94, "99.9"), (1.5, "1.5"), (0.0123, "0.0123")],
)
def test_numbers(value: float, text: str) -> None:
    assert _number(value) == text
