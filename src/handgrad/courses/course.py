"""A course: what it is called, and where its modules, files and experiments are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handgrad.errors import ArgumentError, DataError

if TYPE_CHECKING:
    from handgrad.courses.handouts import Handout
    from handgrad.courses.study import Study
    from handgrad.data import Splits

HERE = Path(__file__).parent
NAME = re.compile(r"[A-Za-z0-9_-]+")
SIDES, CLASSES = (28, 28), 10


@dataclass(frozen=True)
class Course:
    """One of the courses; its code is imported when it is asked for something, not before.

    Arguments:
        name: of its package in `handgrad.courses`.
        title: what its document is called, for headings.
        document: what the document asks for, in one line.
        modules: that its scripts import, by their top-level names.
        produces: what its run leaves behind, in a few words.
        identity: what the archive's name must tell of the student, such as "student number"; empty: nothing.
        searches: whether its document asks for a search whose winner is recorded.

    Example:
        >>> from handgrad.courses import find_course
        >>> find_course("hw5").modules
        ('nn_layers', 'hw5')
    """

    name: str
    title: str
    document: str
    modules: tuple[str, ...]
    produces: str
    identity: str
    searches: bool = False

    @property
    def folder(self) -> Path:
        """What to put on ``PYTHONPATH`` so that the course's modules have their own names."""
        return HERE / self.name / "on_path"

    @property
    def report(self) -> Path:
        """The template of the course's report."""
        return HERE / self.name / "report.md"

    def write_data(self, splits: Splits, folder: Path) -> list[Path]:
        """Write the data files that the course's scripts read, in the course's format and place.

        Arguments:
            splits: the images.
            folder: that the scripts are run in.

        Returns:
            the files.

        Raises:
            DataError: a file of that name with other content is there, or it cannot be written; images that
                are not of MNIST's kind.
        """
        check_images(splits)
        written: list[Path] = self._part("files").write_data(splits, folder)
        return written

    def pack(self, folder: Path, identity: str, destination: Path) -> Path:
        """Make the archive that the course's document asks for.

        Arguments:
            folder: with the student's files.
            identity: of the student, where the archive's name tells it.
            destination: the folder for the archive, which is named as the document says.

        Returns:
            the archive.

        Raises:
            DataError: a file that must go in is missing.
            ArgumentError: an identity that cannot be part of a file's name, or that this course's archive
                does not tell; a destination that is no folder.
        """
        where = f"course pack {self.name}"
        if self.identity and not NAME.fullmatch(identity):
            raise ArgumentError(
                where,
                expected=f"a {self.identity} of letters, digits, - and _",
                got=repr(identity) if identity else "none",
                hint="give yours with --id",
            )
        if identity and not self.identity:
            raise ArgumentError(
                where,
                expected="no --id, as the archive's name tells nothing of you",
                got=repr(identity),
                hint="leave --id out",
            )
        if not folder.is_dir():
            raise DataError(str(folder), expected="the folder with your files", got=_instead(folder))
        if not destination.is_dir():
            raise ArgumentError(str(destination), expected="a folder that exists", got=_instead(destination))
        archive: Path = self._part("files").pack(folder, identity, destination)
        return archive

    def handout(self, folder: Path) -> list[Path]:
        """Write the student's starting files, with the public checks and the script that trains.

        Arguments:
            folder: is made if there is none.

        Returns:
            the files.

        Raises:
            DataError: another file of one of the names is there, or one cannot be written.
        """
        return self._handout.write(folder)

    def open_functions(self) -> tuple[str, ...]:
        """What the handout leaves open, as ``module:function`` or ``module:Class.method``, in a good order.

        Example:
            >>> from handgrad.courses import find_course
            >>> find_course("thu").open_functions()[:2]
            ('functions:conv2d_forward', 'functions:conv2d_backward')
        """
        return self._handout.open_functions

    def autograder(self, folder: Path, rubric: Path | None = None) -> list[Path]:
        """Write the folder that an instructor zips and uploads to Gradescope.

        Arguments:
            folder: is made if there is none.
            rubric: a file that goes into it; None: the rubric that handgrad itself has for the course.

        Returns:
            the files.

        Raises:
            DataError: another file of one of the names is there, or one cannot be read or written.
        """
        from handgrad.courses.handouts import write_autograder

        return write_autograder(self.name, self.title, self._handout.packages, folder, rubric)

    def run(self, study: Study) -> None:
        """Do all that the course's document asks for; numbers and figures go into the study."""
        self._part("experiments").run(study)

    @property
    def _handout(self) -> Handout:
        found: Handout = self._part("handout").HANDOUT
        return found

    def _part(self, module: str) -> Any:
        return import_module(f"handgrad.courses.{self.name}.{module}")


def _instead(place: Path) -> str:
    """What is there, in place of a folder."""
    return "a file" if place.exists() else "no such folder"


def check_images(splits: Splits) -> None:
    """Refuse images that no network of the courses takes.

    Raises:
        DataError: they are not grey bytes of 28 x 28 pixels, or there are more than 10 classes.
    """
    expected = f"grey images of {SIDES[0]} x {SIDES[1]} bytes in at most {CLASSES} classes, as MNIST's"
    for part in (splits.train, splits.validation, splits.test):
        images = part.images
        if images.dtype != "uint8" or part.input_shape != (1, *SIDES) or part.classes > CLASSES:
            raise DataError(
                part.name,
                expected=expected,
                got=f"{images.dtype} of shape {images.shape} in {part.classes} classes",
                hint="the courses' networks take no others",
            )
