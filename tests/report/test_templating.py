import numpy as np
import pytest

from handgrad.report import ReportError, render
from handgrad.report.templating import commas, fixed, percent, scientific

VALUES = {
    "mlp": {"accuracy": 0.9731, "curve": [1, 2]},
    "names": ["a", "b"],
    "count": 60000,
    "loss": 1.2e-9,
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ mlp.accuracy | percent }}", "97.31%"),
        ("{{ mlp.accuracy | percent(0) }}", "97%"),
        (
            "{{ loss | fixed(3) }} {{ loss | scientific }} {{ loss | scientific(2) }}",
            "0.000 1.2e-09 1.20e-09",
        ),
        ("{{ count | commas }}", "60,000"),
        ("{% if mlp.accuracy > 0.97 %}above{% else %}below{% endif %}", "above"),
        ("a\n{% for name in names %}\n| {{ name }} |\n{% endfor %}\nb\n", "a\n| a |\n| b |\nb\n"),
        ("    {% if count %}\nkept\n    {% endif %}\n", "kept\n"),
        (r"$\frac{a}{b}_{ij}$ {{ '#' }}", r"$\frac{a}{b}_{ij}$ #"),
        ("<b> & {{ '<i>' }}", "<b> & <i>"),  # Markdown, not HTML: nothing is escaped here
    ],
)
def test_rendering(template: str, text: str) -> None:
    assert render(template, VALUES, "report.md") == text


def test_filters_take_every_kind_of_number() -> None:
    assert percent(np.float32(0.5)) == "50.00%"
    assert fixed(np.int64(3), 1) == "3.0"
    assert commas(np.int64(1234567)) == "1,234,567"
    assert commas(1234.5) == "1,234.5"
    assert scientific(0) == "0.0e+00"
    assert percent(float("nan")) == "nan%"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("one\n{{ acuracy }}", r"report\.md, line 2: .*'acuracy' is undefined.*did you mean 'accuracy'"),
        ("\n\n{{ mlp.acuracy | percent }}", r"report\.md, line 3: .*no attribute 'acuracy'.*'accuracy'"),
        ("{% if nothing_like_it %}x{% endif %}", r"line 1: .*'nothing_like_it' is undefined\.$"),
        ("{{ mlp.curve[7] }}", r"line 1: "),
        ("{% for x in names %}", r"line 1: expected a Jinja2 template, got .*endfor"),
        ("{{ count | percnt }}", r"line 1: expected a Jinja2 template, got .*percnt"),
        ("\n{{ names | percent }}", r"line 2: expected values that fit .*\['a', 'b'\] where a number"),
        ("{{ names[0] | fixed(2) }}", "'a' where a number is needed"),
        ("{{ 1 / 0 }}", "line 1: .*division by zero"),
        ("{{ names < 3 }}", "line 1: .*not supported"),
    ],
)
def test_mistakes_say_where_and_what(template: str, message: str) -> None:
    with pytest.raises(ReportError, match=message):
        render(template, VALUES, "report.md")
