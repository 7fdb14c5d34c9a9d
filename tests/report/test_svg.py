import base64
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from handgrad.errors import RunError
from handgrad.report import Chart, Line, ReportError, curves_figure, save_figure
from handgrad.report.svg import SVG, embedded

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


@pytest.fixture
def curves(tmp_path: Path) -> Path:
    save_figure(curves_figure([Chart("T", "x", "y", [Line("a", [0, 1], [0, 1])])]), tmp_path / "a.svg")
    return tmp_path / "a.svg"


def test_a_figure_stands_on_its_own(curves: Path) -> None:
    one, two = (ElementTree.fromstring(embedded(curves, number, "A & <b>")) for number in (1, 2))
    assert one.tag == f"{SVG}svg"
    assert (one.get("role"), one.get("aria-label")) == ("img", "A & <b>")
    assert {element.tag for element in one.iter()}.isdisjoint({f"{SVG}style", f"{SVG}metadata"})
    names = [{element.get("id") for element in each.iter()} - {None} for each in (one, two)]
    assert names[0].isdisjoint(names[1])
    links = [value for element in one.iter() for key, value in element.attrib.items() if key == "href"]
    assert links
    assert all(link[1:] in names[0] for link in links if link.startswith("#"))
    clips = [element.get("clip-path") for element in one.iter() if element.get("clip-path")]
    assert all(clip.removeprefix("url(#").removesuffix(")") in names[0] for clip in clips)
    assert [text.text for text in one.iter(f"{SVG}text")].count("T") == 1


def test_bitmaps_are_inside_too(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"pixels")
    image = ElementTree.fromstring(embedded(tmp_path / "a.png", 1, 'A "b"'))
    assert image.attrib == {
        "src": "data:image/png;base64," + base64.b64encode(b"pixels").decode(),
        "alt": 'A "b"',
    }


def test_nothing_that_runs(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(f'{HEAD}<script>x()</script><g onclick="x()"><rect id="r"/></g><!-- c --></svg>')
    text = embedded(path, 3, "a")
    assert "script" not in text
    assert "onclick" not in text
    assert 'id="figure-3-r"' in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no xml", "no XML"),
        ("<html/>", "an XML of <html>"),
        (f'{HEAD}<image xlink:href="http://example.org/a.png"/></svg>', "nothing from outside.*example.org"),
        (f'{HEAD}<use href="other.svg#a"/></svg>', "nothing from outside.*other.svg"),
    ],
)
def test_what_cannot_be_shown(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(content)
    with pytest.raises(ReportError, match=message):
        embedded(path, 1, "a")
    with pytest.raises(RunError, match="expected a figure"):
        embedded(tmp_path / "none.svg", 1, "a")
