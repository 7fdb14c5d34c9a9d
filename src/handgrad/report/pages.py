"""Pages of HTML: a template, its values, every text escaped, figures inside."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handgrad.report.saving import save_figure
from handgrad.report.svg import embedded
from handgrad.report.templating import commas, fixed, percent

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.figure import Figure

TEMPLATES = Path(__file__).parent / "templates"


def fill_page(template: str, values: Mapping[str, Any]) -> str:
    """A whole page; what its values hold is shown as it is written, whoever wrote it.

    Arguments:
        template: a file of this room's ``templates``.
        values: what its names mean; only `Markup` is taken as HTML.

    Example:
        >>> "<h1>A &lt;b&gt;</h1>" in fill_page("page.html", {"title": "A <b>", "body": ""})
        True
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(percent=percent, fixed=fixed, commas=commas)
    return environment.get_template(template).render(values) + "\n"


def figure_inside(figure: Figure, number: int, description: str) -> Markup:
    """A figure as a piece of HTML, for `fill_page`.

    Arguments:
        figure: any of this room.
        number: its own on the page.
        description: read to those who do not see it.

    Example:
        >>> from handgrad.report import histogram_figure
        >>> str(figure_inside(histogram_figure([1, 2], 4, x_label="points"), 1, "Two"))[:4]
        '<svg'
    """
    from markupsafe import Markup

    with tempfile.TemporaryDirectory(prefix="handgrad-figure-") as folder:
        path = Path(folder) / "figure.svg"
        save_figure(figure, path)
        return Markup(embedded(path, number, description))
