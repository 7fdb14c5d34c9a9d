import pytest

from handgrad.courses.project3.points import PAR, accuracy_points


@pytest.mark.parametrize(
    ("accuracy", "par", "points", "whole"),
    [
        (0.9, 0.9, 20, 20),
        (0.9783, 0.9, 27.83, 27),
        (0.8999, 0.9, 19.99, 19),
        (0.7, 0.9, 0, 0),
        (0.5, 0.9, 0, 0),
        (0.993, 0.98, 21.3, 21),
        (0.78, 0.98, 0, 0),
    ],
)
def test_a_point_for_each_percentage_point(accuracy, par, points, whole):
    found = accuracy_points(accuracy, par)
    assert found["points"] == pytest.approx(points)
    assert found["whole"] == whole
    assert found["extra"] == pytest.approx(max(0, points - 20))


def test_par_is_the_document_s():
    assert PAR == {"mlp": 0.9, "convnet": 0.98}
