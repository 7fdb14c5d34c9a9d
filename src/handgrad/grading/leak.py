"""Training on the test set, found in the source: what was loaded as test data, and what learns from it."""

import ast
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

from handgrad.grading.leak_walk import Walk
from handgrad.grading.source import line_of, parsed


@dataclass(frozen=True)
class Leak:
    """One place that learns from test images.

    Arguments:
        file, line, text: of the call that learns.
        call: the method that learns: "update_grad", "backward" ...
        loaded: the line that loads the test images, 0 where that cannot be told.
        source: its text.
    """

    file: str
    line: int
    text: str
    call: str
    loaded: int = 0
    source: str = ""

    def __str__(self) -> str:
        origin = f", which line {self.loaded} loads: {self.source}" if self.source else ""
        return f"{self.file}, line {self.line}: {self.text}: learns from test images{origin}"


def find_leaks(sources: Mapping[str, str]) -> tuple[Leak, ...]:
    """Every place of a submission that certainly learns from test images.

    Followed are arrays loaded from a path that names the test set, through assignments, slices, batches and
    the file's own functions, to a forward pass whose gradients are then calculated. What only may be so, as
    in one of two branches, is not told, nor is what only evaluates.

    Arguments:
        sources: the text of each Python file, by its path inside the submission.

    Example:
        >>> script = '''
        ... x = np.load("MNIST_test_images.npy")
        ... for i in range(len(x)):
        ...     net.forward(x[i])
        ...     net.update_grad(y[i])
        ... '''
        >>> [(one.line, one.call) for one in find_leaks({"Project3.py": script})]
        [(5, 'update_grad')]
    """
    found: list[Leak] = []
    for path, text in sources.items():
        tree = parsed(text)
        if tree is None:
            continue
        for line, call, loaded in _places(tree):
            found.append(Leak(path, line, line_of(text, line), call, loaded, line_of(text, loaded)))
    return tuple(found)


def _places(tree: ast.Module) -> list[tuple[int, str, int]]:
    walk = Walk(tree)
    with contextlib.suppress(RecursionError):  # an expression nested a thousand deep: the rest is left
        walk.run()
    return sorted(walk.found)
