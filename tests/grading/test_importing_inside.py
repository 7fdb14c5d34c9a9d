"""What a submission may import, where it runs: the rules of its course, and packages that are not there."""

from pathlib import Path

import pytest

from tests.grading.submitting import causes, checked, host_for, write


def test_a_package_that_is_not_installed_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", top="\nfrom skimage_of_nobody.util import view_as_windows\n")
    host = host_for(folder)
    assert "No module named 'skimage_of_nobody'" in checked(host, folder)["nn_softmax_layer"].why
    expected = "skimage_of_nobody is not installed where it was graded: if the course allows it, install it"
    assert host.events == [f"{expected}, then go on"]


def test_what_it_may_import_is_what_the_course_allows(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", forward="import scipy")
    host = host_for(folder, allowed=("numpy", "time"))
    found = checked(host, folder)
    assert causes(found["nn_activation_layer"]) == {}
    finding = found["nn_softmax_layer"].piece
    assert finding is not None
    assert "the rules of the course allow numpy, time, not 'scipy'" in finding.findings[0].evidence


@pytest.mark.parametrize(
    "way",
    [
        "__import__('sci' + 'py')",
        "exec('import scipy', {})",
        "globals().__setitem__('__file__', ''); import scipy",
    ],
)
def test_what_it_may_import_holds_for_other_ways_too(tmp_path: Path, way: str) -> None:
    folder = write(tmp_path / "s", forward=way)
    piece = checked(host_for(folder, allowed=("numpy", "time")), folder)["nn_softmax_layer"].piece
    assert piece is not None
    assert "the rules of the course allow numpy, time" in piece.findings[0].evidence
