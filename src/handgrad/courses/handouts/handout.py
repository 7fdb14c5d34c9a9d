"""A course's handout: its starting files, its public checks, and what to do with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType

from handgrad.courses.handouts.checks import Inputs, check_texts
from handgrad.courses.handouts.files import write_texts
from handgrad.courses.handouts.readme import readme
from handgrad.courses.handouts.template import filled, open_names

COURSES = Path(__file__).parent.parent
SUFFIX = ".txt"  # behind a template's name: it is a text, not a module of handgrad


@dataclass(frozen=True)
class Handout:
    """What a course's package says of its handout; the templates are in its folder ``starting_files``.

    Arguments:
        course: the course's name.
        title: of its document.
        files: those that the student completes, in the order in which it is best done.
        drivers: the scripts that train, each with what it is for; the first is the one to begin with.
        inputs: makes the cases of the public checks: by open function, what it is called with.
        notes: for the README: what is worth knowing before one begins.
        adapters: the module of the course's package that a file is made from, where its name is another.
        packages: what a submission may import beside NumPy, as pip calls it.
    """

    course: str
    title: str
    files: tuple[str, ...]
    drivers: Mapping[str, str]
    inputs: Callable[[], Inputs]
    notes: str
    adapters: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[str, ...] = ()

    @cached_property
    def templates(self) -> dict[str, str]:
        """The templates' texts by the names of the files that are made from them."""
        folder = COURSES / self.course / "starting_files"
        return {
            path.relative_to(folder).as_posix().removesuffix(SUFFIX): path.read_text("utf-8")
            for path in sorted(folder.rglob(f"*{SUFFIX}"))
        }

    @property
    def open_functions(self) -> tuple[str, ...]:
        """What the student is to write: ``module:function`` or ``module:Class.method``."""
        return tuple(
            f"{module_name(file)}:{name}" for file in self.files for name in open_names(self.templates[file])
        )

    def adapter(self, file: str) -> ModuleType:
        """The module that a file is made from."""
        name = module_name(file)
        return import_module(f"handgrad.courses.{self.course}.{self.adapters.get(name, name)}")

    def texts(self) -> dict[str, str]:
        """All files of the handout, by name."""
        plain = set(self.drivers)
        texts = {
            file: template if file in plain else filled(template, self.adapter(file))
            for file, template in self.templates.items()
        }
        modules = {module_name(file): self.adapter(file) for file in self.templates if file not in plain}
        return {
            **texts,
            **check_texts(self.course, self.open_functions, self.inputs(), modules),
            "README.md": readme(self.course, self.title, self.open_functions, self.drivers, self.notes),
        }

    def write(self, folder: Path) -> list[Path]:
        """Write them; a file that is there with other content is not touched.

        Arguments:
            folder: is made if there is none.

        Returns:
            the files.

        Raises:
            DataError: another file of one of the names is there, or one cannot be written.
        """
        return write_texts(self.texts(), folder)


def module_name(file: str) -> str:
    """The module that a file is imported as.

    Example:
        >>> module_name("utils/tools.py")
        'utils.tools'
    """
    return file.removesuffix(".py").replace("/", ".")
