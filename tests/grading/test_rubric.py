"""What a rubric gives for an accuracy, and what it is about."""

import pytest

from handgrad.checks import STYLES
from handgrad.grading.rubric import Band, Par, names_piece, piece_keys
from handgrad.grading.rubric_reading import find_rubric


@pytest.mark.parametrize(
    ("accuracy", "points"),
    [(1.0, 20), (0.8001, 20), (0.8, 6), (0.5, 6), (0.2, 6), (0.1999, 2), (0.0, 2)],
)
def test_bands_of_hw5(accuracy: float, points: float) -> None:
    (rule,) = find_rubric("hw5").trainings
    assert rule.at(accuracy) == points
    assert (rule.points, rule.epochs, rule.seconds, rule.network) == (20, 2, 7200, "classifier")


@pytest.mark.parametrize(
    ("name", "accuracy", "points"),
    [
        ("mlp", 0.90, 20),
        ("mlp", 0.955, 25.5),
        ("mlp", 1.0, 30),
        ("mlp", 0.85, 15),
        ("mlp", 0.7, 0),
        ("mlp", 0.1, 0),
        ("convnet", 0.98, 20),
        ("convnet", 0.99, 21),
        ("convnet", 0.78, 0),
        ("convnet", 0.5, 0),
        ("convnet", 0.9797, 19.97),
    ],
)
def test_par_of_project3(name: str, accuracy: float, points: float) -> None:
    (rule,) = (rule for rule in find_rubric("project3").trainings if rule.network == name)
    assert rule.at(accuracy) == pytest.approx(points)
    assert (rule.points, rule.batch_size, rule.rate) == (20, 256, 0.001)


def test_below_all_bands_there_is_nothing() -> None:
    (rule,) = find_rubric("cmu10601").trainings
    assert [rule.at(accuracy) for accuracy in (0.991, 0.95, 0.5, 0.1)] == [3, 2, 1, 0]
    assert (rule.iterations, rule.epochs, rule.batch_size) == (10_000, None, 64)
    assert not Band(1, above=0.0).holds(0.0)
    assert Band(1).holds(0.0)
    assert Par(0.5, 1).at(0.0) == -49


def test_points_of_cmu10601_are_those_of_its_questions() -> None:
    rubric = find_rubric("cmu10601")
    points = {rule.name: rule.points for rule in rubric.rules}
    assert points == {
        "toy": 12,
        "q1": 20,
        "q2": 3,
        "q3": 10,
        "q4": 20,
        "q5": 3,
        "q6": 10,
        "q7": 7,
        "q8": 5,
        "q9": 7,
        "q10": 3,
    }
    assert rubric.possible == 76
    assert [rule.name for rule in rubric.by_hand] == ["toy", "q8", "q9"]


@pytest.mark.parametrize("rubric", ["hw5", "hw5-functions", "thu", "cs5242"])
def test_rubrics_of_whole_courses_are_about_every_piece(rubric: str) -> None:
    found = find_rubric(rubric)
    assert found.pieces == piece_keys(found.course)


def test_a_name_without_its_operation_means_all_of_them() -> None:
    rubric = find_rubric("cs5242")
    (rule,) = (rule for rule in rubric.checks if rule.name == "pooling")
    assert rubric.pieces_of(rule) == ("layers:Pooling:max_pool2d", "layers:Pooling:avg_pool2d")
    rubric = find_rubric("thu")
    (rule,) = (rule for rule in rubric.checks if rule.name == "update")
    assert rubric.pieces_of(rule) == ("layers:Linear:update", "layers:Conv2D:update")
    assert not names_piece("layers:Lin", "layers:Linear:linear")


def test_functions_of_hw5_share_twenty_points_without_a_training() -> None:
    rubric = find_rubric("hw5-functions")
    assert (rubric.possible, rubric.trainings, rubric.course) == (20, (), "hw5")
    assert all(rule.points > 0 for rule in rubric.checks)
    assert sum(rule.points for rule in find_rubric("hw5").checks) == 0


def test_every_result_that_a_shipped_rubric_names_is_one_that_is_compared() -> None:
    from handgrad.checks.operations import OPERATIONS

    for name in ("project3", "cmu10601", "thu", "cs5242"):
        rubric = find_rubric(name)
        for rule in rubric.checks:
            for key in rubric.pieces_of(rule):
                module, piece, operation = key.split(":")
                case = next(iter(OPERATIONS[operation].cases()))
                known = OPERATIONS[operation].expect(case, {})
                assert set(rule.what) <= {"forward", *known}, (name, rule.name)
                assert any(one.name == piece for one in STYLES[name].interfaces if one.module == module)
