import pytest

from handgrad.errors import ShapeError
from handgrad.report import histogram_figure


def heights(values: list[float], highest: float) -> dict[float, int]:
    bars = histogram_figure(values, highest, x_label="points").axes[0].patches
    return {bar.get_x() + bar.get_width() / 2: int(bar.get_height()) for bar in bars if bar.get_height()}


@pytest.mark.parametrize(
    ("values", "highest", "found"),
    [
        ([0, 0, 20, 19.6, 6.4], 20, {0: 2, 6: 1, 20: 2}),
        ([100, 97.4, 3, 0], 100, {0: 1, 5: 1, 95: 1, 100: 1}),
        ([25.5], 20, {26: 1}),
        ([0], 0, {0: 1}),
    ],
)
def test_every_value_is_in_the_column_that_is_nearest(
    values: list[float], highest: float, found: dict[float, int]
) -> None:
    assert heights(values, highest) == pytest.approx(found)


def test_labels() -> None:
    figure = histogram_figure([1, 1, 2], 4, x_label="points", title="A class")
    assert [text.get_text() for text in figure.axes[0].texts] == ["2", "1"]
    assert figure.axes[0].get_xlabel() == "points"
    assert figure.get_suptitle() == "A class"


def test_no_values() -> None:
    with pytest.raises(ShapeError, match="at least one value"):
        histogram_figure([], 20, x_label="points")
