"""Run folders: everything that is kept of a training, each file readable at any moment.

==========================  ===================================================================
``run.json``                what ran: versions, CPU, engine, threads, seed, checksums of the data
``recipe.toml``             the complete recipe; ``handgrad train recipe.toml`` repeats the run
``metrics.jsonl``           a record a line, flushed as it goes
``model.safetensors``       the weights to use: of the best epoch where the recipe keeps it
``checkpoint/``             what `--resume` continues from
``result.json``             the final figures, once the training is over
==========================  ===================================================================
"""

import json
import os
import platform
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from handgrad._version import __version__
from handgrad.errors import RunError
from handgrad.files import write_atomically
from handgrad.train.records import Record

FORMAT = 1


@dataclass(frozen=True)
class RunFolder:
    """The files of one run.

    Arguments:
        path: the folder.
    """

    path: Path

    @classmethod
    def create(cls, parent: Path, name: str, recipe: str, facts: Mapping[str, Any]) -> "RunFolder":
        """Make ``parent/NAME-DATE`` with its recipe and its facts.

        Arguments:
            parent: usually ``runs``; made if need be.
            name: of the recipe.
            recipe: the complete TOML text.
            facts: about this run (engine, seed, data), joined to those about the machine.

        Raises:
            RunError: the folder cannot be made or written.
        """
        folder = cls(new_folder(parent, name))
        folder.write("recipe.toml", recipe)
        folder.write_json("run.json", {"format": FORMAT, **machine_facts(), **facts})
        return folder

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """A folder that is there already.

        Raises:
            RunError: it is none, another command's, or was written by a newer version.
        """
        folder = cls(path)
        if not (path / "run.json").is_file():
            raise RunError(
                str(path), expected="a run folder", got="no run.json in it", hint="see what lies in runs/"
            )
        facts = folder.read_json("run.json")
        if "format" not in facts:
            raise RunError(
                str(path),
                expected="the folder of a training run",
                got="one of something else, such as a course's report (its run.json has no format)",
                hint="see what lies in runs/, or make one with handgrad train",
            )
        found = facts["format"]
        if not isinstance(found, int) or found > FORMAT:
            raise RunError(
                str(path),
                expected=f"a run folder of format {FORMAT} or older",
                got=f"format {found}, of a newer handgrad",
                hint="update handgrad",
            )
        return folder

    @property
    def model(self) -> Path:
        """The weights to use."""
        return self.path / "model.safetensors"

    @property
    def checkpoint(self) -> Path:
        """What a resumed training continues from."""
        return self.path / "checkpoint" / "state.safetensors"

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder, atomically."""
        write_atomically(self.path / name, text.encode())

    def write_json(self, name: str, values: Mapping[str, Any]) -> None:
        """Write a JSON file of the folder, atomically."""
        self.write(name, json.dumps(values, indent=2) + "\n")

    def read(self, name: str) -> str:
        """Read a text file of the folder.

        Raises:
            RunError: it is not there or not text.
        """
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(str(self.path / name), expected="a readable file", got=str(error)) from None

    def read_json(self, name: str) -> dict[str, Any]:
        """Read a JSON file of the folder.

        Raises:
            RunError: it is not there, or damaged.
        """
        try:
            values = json.loads(self.read(name))
        except json.JSONDecodeError as error:
            raise RunError(str(self.path / name), expected="JSON", got=str(error)) from None
        if not isinstance(values, dict):
            raise RunError(str(self.path / name), expected="a JSON object", got=type(values).__name__)
        return values

    def append(self, record: Record) -> None:
        """Add a line to metrics.jsonl, and see it to the disk's door."""
        path = self.path / "metrics.jsonl"
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record.to_dict(), allow_nan=False) + "\n")
        except OSError as error:
            raise unwritable(path, error) from None

    def metrics(self) -> Iterator[dict[str, Any]]:
        """The records so far; a last line that a crash cut short is passed over."""
        path = self.path / "metrics.jsonl"
        if not path.exists():
            return
        for line in self.read("metrics.jsonl").splitlines():
            try:
                record = json.loads(line)
            except json.JSONDecodeError:
                return
            if isinstance(record, dict) and isinstance(record.get("step"), int):
                yield record

    def rewind(self, step: int) -> None:
        """Forget what came after a step: records, which are made again, and files that a kill cut short."""
        for part in self.path.rglob(".*.part"):
            part.unlink(missing_ok=True)
        kept = [record for record in self.metrics() if record["step"] <= step]
        self.write("metrics.jsonl", "".join(json.dumps(record) + "\n" for record in kept))


def new_folder(parent: Path, name: str) -> Path:
    """Make ``parent/NAME-DATE``, under a name that nobody else has.

    Arguments:
        parent: usually ``runs``; made if need be.
        name: of what is run.

    Raises:
        RunError: the folder cannot be made.
    """
    stem = parent / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    for attempt in range(1, 1000):  # two runs may start in one second
        path = stem if attempt == 1 else stem.with_name(f"{stem.name}-{attempt}")
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise unwritable(path, error) from None
        return path
    raise RunError(str(stem), expected="a name that is free", got="a thousand runs of this second")


def machine_facts() -> dict[str, Any]:
    """Versions and processor, for the record."""
    packages = ("numpy", "scipy", "safetensors")
    return {
        "handgrad": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in packages},
        "platform": platform.platform(),
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def cpu_name() -> str:
    """The processor's own name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def unwritable(path: Path, error: OSError) -> RunError:
    """The error of a place that cannot be written to."""
    return RunError(
        str(path),
        expected="a place to write to",
        got=error.strerror or str(error),
        hint="choose another folder with --runs, or free some space",
    )
