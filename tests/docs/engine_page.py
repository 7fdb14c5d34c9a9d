"""docs/engine.md and the two decisions behind it, as their tests read them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs/engine.md", *sorted((ROOT / "docs/decisions").glob("000[67]-*.md"))]
PAGE = PAGES[0].read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def prose(page: str) -> str:
    """Without code and tables, one line."""
    text = re.sub(r"^\|.*$", "", FENCE.sub("", page), flags=re.MULTILINE)
    return " ".join(text.split())


def spans(page: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", " ".join(FENCE.sub("", page).split()))


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table whose first line begins so."""
    lines = page[page.index(f"\n{heading} |") + 1 :].split("\n\n")[0].splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:] if line.startswith("|")
    ]
