"""docs/own.md: its blocks run in order, and each part warns as the page's table says."""

import re
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from handgrad.errors import EngineWarning

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "own.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PARTS = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)


@cache
def warned() -> dict[str, list[str]]:
    """What each section's blocks were warned of; "" are those before the first heading."""
    found: dict[str, list[str]] = {}
    names: dict[str, Any] = {"__name__": "own"}
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE):
        heading = section.partition("\n")[0] if section.partition("\n")[0] in PARTS else ""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for block in FENCE.findall(section):
                exec(compile(block, f"own.md, {heading}", "exec"), names)
        assert all(issubclass(warning.category, EngineWarning) for warning in caught)
        found[heading] = [str(warning.message) for warning in caught]
    return found


def test_every_block_runs_in_order() -> None:
    assert list(warned()) == ["", *PARTS]
    assert len(FENCE.findall(PAGE)) == PAGE.count("```") / 2 == len(PARTS) + 2
    assert PAGE.count("assert accuracy(") == len(PARTS) + 1  # each part trains a network


def test_the_table_says_what_each_part_is_warned_of() -> None:
    rows = [re.split(r" *\| *", row)[1:4] for row in re.findall(r"^\| An? .+$", PAGE, re.MULTILINE)]
    assert [part for part, _, _ in rows] == PARTS
    assert {part: {"one": 1, "none": 0}[said] for part, _, said in rows} == {
        part: len(warned()[part]) for part in PARTS
    }
    assert warned()[""] == []


def test_the_warnings_name_the_parts() -> None:
    for part, name in {
        "A layer": "layer 2, Swish()",
        "A loss": "the loss SmoothedCrossEntropy(smoothing=0.1)",
        "An optimizer": "the optimizer Lion(lr=0.003",
        "A clipping": "the clipping ClipEach(bound=0.5)",
    }.items():
        assert warned()[part][0].startswith(f"no kernel for {name}")


def test_links_lead_somewhere_and_the_index_leads_here() -> None:
    links = re.findall(r"\]\(([^)#]+)", PAGE)
    assert links
    assert [link for link in links if not (DOCS / link).exists()] == []
    assert "(own.md)" in (DOCS / "index.md").read_text(encoding="utf-8")
