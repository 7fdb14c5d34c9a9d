"""The folder that an instructor zips and uploads to Gradescope."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from handgrad._version import __version__
from handgrad.courses.handouts.files import write_texts
from handgrad.data.files import reading

HOME = "/opt/handgrad"  # on Gradescope's machine
RUBRIC = "rubric.toml"

SETUP = """#!/usr/bin/env bash
# Run once, as root, when Gradescope builds the autograder's image (Ubuntu).
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
here="$(cd "$(dirname "${{BASH_SOURCE[0]}}")" && pwd)"

# handgrad needs Python 3.11 or newer; Ubuntu 22.04 has an older one under the name python3
apt-get update
apt-get install -y --no-install-recommends python3 python3-venv ca-certificates
python=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv {home}

# handgrad from the wheel in this folder, if there is one; else this version of it, from the package index
shopt -s nullglob
wheels=("$here"/handgrad-*.whl)
if [ "${{#wheels[@]}}" -gt 0 ]; then
    {home}/bin/pip install --no-cache-dir "${{wheels[0]}}"
else
    {home}/bin/pip install --no-cache-dir 'handgrad=={version}'
fi
{packages}
# MNIST, where every user of this machine can read it: submissions are trained on it, with no network
export HANDGRAD_DATA={home}/data
{home}/bin/handgrad data fetch --data-dir "$HANDGRAD_DATA"
chmod -R a+rX {home}
"""

RUN = """#!/usr/bin/env bash
# Run by Gradescope for every submission; writes /autograder/results/results.json.
set -euo pipefail
export HANDGRAD_DATA={home}/data
mkdir -p /autograder/results
exec {home}/bin/handgrad grade {course} /autograder/submission \\
    --gradescope /autograder/results/results.json{rubric}
"""

README = """# Autograder for {title}

For Gradescope's programming assignments:

1. {wheel}
2. Zip what is in this folder, with no folder around it: `zip -r ../autograder.zip .`
3. Upload the zip under "Configure Autograder", with a base image of Ubuntu 22.04 or newer. Gradescope runs `setup.sh`
   once, which takes some minutes, and `run_autograder` for every submission.
4. Try it with a finished solution and with the handout as it is (`handgrad course handout {course} DIR`).

| file | what it is |
|---|---|
| `setup.sh` | installs Python, handgrad{packages} and MNIST |
| `run_autograder` | grades `/autograder/submission`, result in `/autograder/results/results.json` |
{rubric}
A course with more time for its trainings than Gradescope's default of ten minutes sets "Autograder timeout" higher.
"""

ROW = f"| `{RUBRIC}` | what is graded, and its points: edit it before you zip |\n"
WHEEL = "Put handgrad's wheel into this folder (`pip wheel --no-deps -w . PATH-OF-HANDGRAD`) unless `pip install "
WHEEL += "handgrad=={version}` finds it."


def write_autograder(
    course: str, title: str, packages: Sequence[str], folder: Path, rubric: Path | None = None
) -> list[Path]:
    """Write ``setup.sh``, ``run_autograder``, ``README.md`` and, where there is one, ``rubric.toml``.

    Arguments:
        course: its name.
        title: of its document.
        packages: what a submission may import beside NumPy, as pip calls it.
        folder: is made if there is none.
        rubric: the file whose copy goes into the folder; None: the course's own, which handgrad brings along.

    Returns:
        the files.

    Raises:
        DataError: another file of one of the names is there, or one cannot be read or written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as place:
        ...     [path.name for path in write_autograder("hw5", "Homework 5", (), Path(place))]
        ['setup.sh', 'run_autograder', 'README.md']
    """
    wanted = " ".join(packages)
    install = f"\n# what a submission may import besides\n{HOME}/bin/pip install --no-cache-dir {wanted}\n"
    texts = {
        "setup.sh": SETUP.format(home=HOME, version=__version__, packages=install if packages else ""),
        "run_autograder": RUN.format(
            home=HOME, course=course, rubric=f" \\\n    --rubric /autograder/source/{RUBRIC}" if rubric else ""
        ),
        "README.md": README.format(
            course=course,
            title=title,
            wheel=WHEEL.format(version=__version__),
            packages="".join(f", {name}" for name in packages),
            rubric=ROW if rubric else "",
        ),
    }
    if rubric is not None:
        with reading(rubric):
            texts[RUBRIC] = rubric.read_text("utf-8")
    return write_texts(texts, folder, executable=("setup.sh", "run_autograder"))
