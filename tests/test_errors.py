import pickle

from handgrad.errors import NonFiniteError, ShapeError


def test_errors_can_cross_from_one_process_to_another():
    for error in (
        ShapeError("conv2d", expected="(N, C, H, W)", got="(3,)", hint="add axes"),
        NonFiniteError("step 3", expected="finite numbers", got="NaN"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert (again.where, again.expected, again.got, again.hint) == (
            error.where,
            error.expected,
            error.got,
            error.hint,
        )
