"""``handgrad check``."""

from typing import Annotated

from cyclopts import App, Group, Parameter

from handgrad.checks import STYLES, UnrecognisedError, check_in_child
from handgrad.cli.options import Json
from handgrad.cli.output import last_line, say, warn

CHECK = Group("Check", sort_key=1)

EXAMPLES = """Examples:

  handgrad check mylayers.py:Conv2d
  handgrad check nn_layers.py --course hw5
  handgrad check submission/ --course cs5242
  handgrad check layers.py:FCLayer --course cs5242 --json

Each class or function is tried on small cases, forward and backward. What is
wrong is explained: the cause, the evidence, the line to look at, the smallest
case that shows it. Exit code 0: all right; 1: something is wrong.
"""

USAGE = "Usage: handgrad check FILE.py[:NAME]|FOLDER [OPTIONS]"

app = App(name="check", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(
    path: Annotated[str, Parameter(group=CHECK)],
    /,
    *,
    course: Annotated[
        str | None,
        Parameter(group=CHECK, metavar="NAME", help=f"whose style it has: {', '.join(STYLES)} or plain"),
    ] = None,
    timeout: Annotated[
        float,
        Parameter(group=CHECK, metavar="SECONDS", help="after which code that has not come back is stopped"),
    ] = 60.0,
    json: Json = False,
) -> int:
    """Check layers that you wrote, and say what is wrong.

    Parameters
    ----------
    path
        a Python file, one class or function of it, or a folder of a course
    """
    try:
        answer = check_in_child(path, course or "", timeout)
    except UnrecognisedError as error:
        warn(f"four lines make {error.where} a pair of functions that is recognised:\n\n{error.hint}\n")
        error.hint = "the four lines above"
        raise
    if json:
        last_line(answer.json)
    else:
        say(answer.text)
    return 0 if answer.ok else 1
