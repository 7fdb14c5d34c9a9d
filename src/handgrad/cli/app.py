"""The command ``handgrad``: its subcommands, and what happens to errors."""

import difflib
import logging
import sys
import warnings
from collections.abc import Sequence

from cyclopts import App, CycloptsError, UnusedCliTokensError

from handgrad._version import __version__
from handgrad.cli.output import warn
from handgrad.errors import HandgradError

ABOUT = "Train neural networks whose every gradient is written out by hand, and look inside."

START = """Start here:

  handgrad train lenet                       train LeNet on MNIST
  handgrad evaluate runs/lenet-...           its accuracy, and what it confuses
  handgrad predict runs/lenet-... digit.png  which digit a picture shows

Every command explains itself: handgrad train --help
"""

COMMANDS = {
    "train": "Train a recipe, or go on with a run.",
    "evaluate": "Accuracy and confusions of a trained run.",
    "predict": "Which class a picture shows.",
    "summary": "The layers, shapes and parameters of a recipe.",
    "recipes": "List the recipes, or print one.",
    "check": "Check layers that you wrote, and say what is wrong.",
    "grade": "Grade a class, with the reason for each point.",
    "compare": "Train a recipe beside PyTorch, step by step.",
    "bench": "Speed beside PyTorch, on this machine.",
    "course": "Five university courses: modules, data, reports.",
    "data": "Find, fetch, verify and convert data sets.",
    "export": "Write a trained network as safetensors, npz or ONNX.",
    "import": "Make a run of weights trained elsewhere.",
}

app = App(
    usage="Usage: handgrad COMMAND [OPTIONS]",
    name="handgrad",
    help=ABOUT,
    help_epilogue=START,
    help_format="plaintext",
    version=__version__,
    version_flags=["--version"],
    result_action="return_value",
    suppress_keyboard_interrupt=False,  # `main` says that it was interrupted
)
for _position, (_name, _help) in enumerate(COMMANDS.items()):
    # by their path: a command's modules are imported when it runs, so that --help stays quick
    app.command(f"handgrad.cli.{_name}_command:app", name=_name, help=_help, sort_key=_position)
app.register_install_completion_command(name="--install-completion")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a user's mistake ends in one sentence and exit code 1, or 2 for a wrong option.

    Arguments:
        arguments: None: those of the process.
    """
    logging.basicConfig(format="handgrad: %(message)s")
    logging.getLogger("handgrad").setLevel(logging.INFO)
    warnings.showwarning = lambda message, *_, **__: warn(str(message))  # without the line it comes from
    try:
        code = app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        _leave(_sentence(error), 2)
    except HandgradError as error:
        _leave(str(error), 1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left, as `head` does
        sys.exit(141)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _leave(f"{where}{error.strerror or error}.", 1)
    except KeyboardInterrupt:
        _leave("interrupted.", 130)
    sys.exit(code if isinstance(code, int) else 0)


def _sentence(error: CycloptsError) -> str:
    """What was wrong with the words of the command line."""
    if not isinstance(error, UnusedCliTokensError) or not error.unused_tokens:
        return str(error)
    command, word = app, error.unused_tokens[0]
    for name in error.command_chain or ():
        command = command[name]
    known = [name for name in command if not name.startswith("-")]
    near = difflib.get_close_matches(word, known, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else f" Commands: {', '.join(known)}." if known else ""
    return f'One argument too many: "{word}".{hint}'


def _leave(sentence: str, code: int) -> None:
    print(f"handgrad: {' '.join(sentence.split())}", file=sys.stderr)
    sys.exit(code)
