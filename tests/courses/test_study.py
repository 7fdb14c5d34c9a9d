"""A course's run as a whole: its folder, its note on the data, and what is refused before it begins."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses import find_course
from handgrad.courses.course import Course, check_images
from handgrad.courses.study import Study, data_note, run_course, run_note, write_course_report
from handgrad.errors import DataError, RunError
from handgrad.report import Chart, Line, curves_figure

TEMPLATE = """{{ data_note }}{% if quick %} A quick run.{% endif +%}
{{ found|percent }} after {{ seconds|fixed(0) }} s.

![A line.](figures/line.svg)
"""


def images(*shape: int, classes: int = 10, dtype: str = "uint8") -> hg.Splits:
    part = hg.Dataset(np.zeros((6, *shape), dtype), np.zeros(6, int), classes=classes, name="others")
    return hg.Splits(part, part, part)


class Sketch(Course):
    """A course whose experiments are one number and one figure."""

    template: Path

    @property
    def report(self) -> Path:
        return self.template

    def _part(self, module: str) -> SimpleNamespace:
        assert module == "experiments"
        return SimpleNamespace(run=experiments)


def experiments(study: Study) -> None:
    study.numbers["found"] = 0.5
    study.numbers["images"] = len(study.splits.train)
    study.figure("line", curves_figure([Chart("", "step", "loss", [Line("a", [1, 2], [3.0, 4.0])])]))
    study.say("done")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    template = tmp_path / "template.md"
    template.write_text(TEMPLATE)
    sketch = Sketch("sketch", "A sketch", "nothing", (), "a line", "")
    object.__setattr__(sketch, "template", template)
    return sketch


def test_a_run_leaves_numbers_figures_facts_and_the_report(course: Course, tmp_path: Path) -> None:
    told: list[str] = []
    splits = hg.load_digits()
    folder = run_course(
        course, splits=splits, runs=tmp_path / "my runs", quick=True, threads=1, say=told.append
    )
    assert folder.parent == tmp_path / "my runs"
    assert folder.name.startswith("course-sketch-")
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    reports = {"report.md", "report.html", "report.pdf"}
    assert files == reports | {"numbers.json", "run.json", "figures/line.svg", "figures/line.png"}
    numbers = json.loads((folder / "numbers.json").read_text())
    assert (numbers["found"], numbers["images"]) == (0.5, len(splits.train))
    facts = json.loads((folder / "run.json").read_text())
    assert (facts["course"], facts["quick"], facts["search"], facts["threads"]) == ("sketch", True, False, 1)
    text = (folder / "report.md").read_text()
    assert "The data are digits, in MNIST's place: 1,297 images to train" in text
    assert "A quick run.\n50.00% after" in text
    assert text.endswith(f"\n\n{run_note(numbers, facts)}\n")
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
    assert "done" in told


def test_a_quick_run_has_small_subsets(course: Course, tmp_path: Path) -> None:
    many = hg.Dataset(np.zeros((2100, 28, 28), np.uint8), np.zeros(2100, int), classes=10)
    for quick, count in ((True, 2000), (False, 2100)):
        splits = hg.Splits(many, many, many)
        folder = run_course(course, splits=splits, runs=tmp_path, quick=quick, say=lambda _: None)
        assert json.loads((folder / "numbers.json").read_text())["images"] == count


def test_the_report_can_be_written_anew_and_needs_a_run(course: Course, tmp_path: Path) -> None:
    folder = run_course(course, splits=hg.load_digits(), runs=tmp_path, say=lambda _: None)
    before = (folder / "report.md").read_text()
    (folder / "report.md").unlink()
    write_course_report(course, folder)
    assert (folder / "report.md").read_text() == before
    with pytest.raises(RunError, match="expected the numbers of a course's run"):
        write_course_report(course, tmp_path)


OTHERS = {
    "larger": images(32, 32),
    "colours last": images(28, 28, 3),
    "colours first": images(3, 28, 28),
    "floats": images(28, 28, dtype="float32"),
    "letters": images(28, 28, classes=26),
}


@pytest.mark.parametrize("splits", OTHERS.values(), ids=list(OTHERS))
def test_other_images_are_refused_before_a_folder_is_made(splits: hg.Splits, tmp_path: Path) -> None:
    for name in ("hw5", "project3", "cmu10601", "thu", "cs5242"):
        course = find_course(name)
        with pytest.raises(DataError, match="others: expected grey images of 28 x 28 bytes"):
            run_course(course, splits=splits, runs=tmp_path / "runs", quick=True)
        with pytest.raises(DataError, match="others: expected grey images of 28 x 28 bytes"):
            course.write_data(splits, tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_grey_images_with_and_without_an_axis_of_channels_are_taken() -> None:
    check_images(images(28, 28))
    check_images(images(1, 28, 28, classes=3))


def test_what_is_said_of_the_data() -> None:
    splits = images(28, 28)
    assert data_note(splits) == (
        "The data are others, in MNIST's place: 6 images to train, 6 images to validate, 6 images to test; "
        "so they are again with `--data`."
    )
    sums = {"train-images-idx3-ubyte": "0"}
    mnist = hg.Dataset(splits.train.images, splits.train.labels, name="mnist", checksums=sums)
    note = data_note(hg.Splits(mnist, mnist, mnist))
    assert "a copy of MNIST whose checksums are not the published ones" in note
    assert "--no-verify" in note
    fashion = hg.Dataset(splits.train.images, splits.train.labels, name="fashion-mnist", checksums=sums)
    assert "The data are Fashion-MNIST, in MNIST's place" in data_note(hg.Splits(fashion, fashion, fashion))
