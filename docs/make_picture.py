"""Draw the README's picture: a real training, as a terminal shows it.

    .venv/bin/python docs/make_picture.py [options of `handgrad train`]

Runs ``handgrad train lenet --steps 1000`` with the options given, and draws its output to
``docs/training.svg``.
"""

import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

LINE, LETTER, EDGE = 20, 8.45, 24
PROMPT, TEXT, BRIGHT, BACKGROUND = "#7ee787", "#c9d1d9", "#ffffff", "#0d1117"


def main() -> None:
    """Run, capture, draw."""
    command = ["handgrad", "train", "lenet", "--steps", "1000", *sys.argv[1:]]
    with tempfile.TemporaryDirectory() as runs:
        shown = subprocess.run(
            [sys.executable, "-m", *command, "--runs", runs],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.replace(f"{runs}/", "runs/")
    Path(__file__).with_name("training.svg").write_text(drawn(f"$ {' '.join(command)}\n{shown}"))


def drawn(text: str) -> str:
    """Lines of text as an SVG in a terminal's colours; no fonts or scripts from elsewhere."""
    lines = text.rstrip().splitlines()
    width = round(max(map(len, lines)) * LETTER + 2 * EDGE)
    height = len(lines) * LINE + 2 * EDGE
    rows = [
        f'<text x="{EDGE}" y="{EDGE + LINE * (row + 0.75):.0f}" fill="{colour(line)}">{escape(line)}</text>'
        for row, line in enumerate(lines)
    ]
    style = "font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 14px"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
            f' xml:space="preserve" style="{style}">',
            f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>',
            *rows,
            "</svg>\n",
        ]
    )


def colour(line: str) -> str:
    """The prompt green, results white, the rest grey."""
    return PROMPT if line.startswith("$") else BRIGHT if line.startswith("validation") else TEXT


if __name__ == "__main__":
    main()
