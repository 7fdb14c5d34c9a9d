"""The command ``handgrad``: its subcommands, and what happens to errors."""

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from handgrad import __version__
from handgrad.errors import HandgradError

ABOUT = """Train hand-written neural networks, and look inside.

Start here:

    handgrad train lenet                         train LeNet on MNIST

    handgrad evaluate runs/lenet-...             its accuracy, and what it confuses

    handgrad predict runs/lenet-... digit.png    which digit a picture shows
"""

COMMANDS = {
    "train": "Train a recipe, or go on with a run.",
    "evaluate": "Accuracy and confusions of a trained run.",
    "predict": "Which class a picture shows.",
    "summary": "The layers, shapes and parameters of a recipe.",
    "recipes": "List the recipes, or print one.",
    "data": "Find, fetch, verify and convert data sets.",
    "export": "Write a trained network as safetensors, npz or ONNX.",
    "import": "Make a run of weights trained elsewhere.",
}

app = App(
    name="handgrad",
    help=ABOUT,
    help_format="markdown",
    version=__version__,
    version_flags=["--version"],
    result_action="return_value",
)
for _name, _help in COMMANDS.items():  # modules are imported when their command runs: --help stays quick
    _module = f"handgrad.cli.{_name}_command"
    app.command(f"{_module}:{'app' if _name == 'data' else 'run'}", name=_name, help=_help)
app.register_install_completion_command(name="--install-completion")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a user's mistake ends in one sentence and exit code 1.

    Arguments:
        arguments: None: those of the process.
    """
    try:
        code = app(arguments, exit_on_error=False, print_error=True)
    except CycloptsError:
        sys.exit(2)  # cyclopts has said what it did not understand
    except HandgradError as error:
        print(f"handgrad: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("handgrad: interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left, as `head` does
        sys.exit(141)
    sys.exit(code if isinstance(code, int) else 0)
