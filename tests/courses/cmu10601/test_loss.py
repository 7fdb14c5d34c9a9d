import numpy as np
import pytest

from handgrad.courses.cmu10601.cnn_lenet import mlrloss, mrloss
from handgrad.errors import DataError, ShapeError
from tests.courses.cmu10601.made import slopes

K = 4


def made():
    rng = np.random.default_rng(2)
    return rng.normal(size=(7, K - 1)), rng.normal(size=(6, 5)), np.array([0, 3, 3, 1, 2])


def by_hand(wb, X, y):
    """The sum over the batch of −log softmax, the last logit being 0; and the share that is right."""
    total, right = 0.0, 0
    for n in range(X.shape[1]):
        logits = [sum(wb[i, k] * X[i, n] for i in range(6)) + wb[6, k] for k in range(K - 1)] + [0.0]
        exponentials = np.exp(logits)
        total -= np.log(exponentials[y[n]] / exponentials.sum())
        right += int(np.argmax(logits)) == y[n]
    return total, right / X.shape[1]


def test_the_loss_is_summed_and_the_last_logit_is_0():
    wb, X, y = made()
    nll, _, _, percent = mlrloss(wb, X, y, K, 1)
    expected = by_hand(wb, X, y)
    assert nll == pytest.approx(expected[0], rel=1e-13)
    assert percent == expected[1]
    assert 0 < percent < 1  # so that a wrong count would be seen


def test_gradients_are_slopes_of_the_sum():
    wb, X, y = made()
    _, g, od, _ = mlrloss(wb, X, y, K, 0)
    assert (g.shape, od.shape) == (wb.shape, X.shape)
    np.testing.assert_allclose(g, slopes(wb, lambda: by_hand(wb, X, y)[0]), rtol=0, atol=1e-8)
    np.testing.assert_allclose(od, slopes(X, lambda: by_hand(wb, X, y)[0]), rtol=0, atol=1e-8)


def test_no_accuracy_unless_it_is_wanted_and_nothing_is_modified():
    wb, X, y = made()
    for array in (wb, X, y):
        array.flags.writeable = False
    assert mlrloss(wb, X, y, K, 0)[3] == 0.0


def test_large_logits_do_not_overflow():
    nll, g, _, _ = mlrloss(np.full((2, 1), 1000.0), np.ones((1, 1)), np.array([1]), 2, 1)
    assert nll == 2000.0
    assert np.isfinite(g).all()


@pytest.mark.parametrize("labels", [np.array([[0, 3, 3, 1, 2]]), np.array([0.0, 3, 3, 1, 2])])
def test_labels_as_a_mat_file_may_give_them(labels):
    wb, X, y = made()
    assert mlrloss(wb, X, labels, K, 1)[0] == mlrloss(wb, X, y, K, 1)[0]


def test_mistakes_are_named():
    wb, X, y = made()
    with pytest.raises(ShapeError, match=r"wb of shape \(num\+1, K-1\) = \(7, 3\), got \(7, 4\)"):
        mlrloss(np.zeros((7, 4)), X, y, K, 1)
    with pytest.raises(ShapeError, match=r"X of shape \(num, batch\)"):
        mlrloss(wb, X[:, 0], y[:1], K, 1)
    with pytest.raises(ShapeError, match=r"labels of shape \(batch,\) = \(5,\)"):
        mlrloss(wb, X, y[:4], K, 1)
    with pytest.raises(ShapeError, match="whole numbers"):
        mlrloss(wb, X, y + 0.5, K, 1)
    with pytest.raises(DataError, match="targets from 0 to 3, got 4"):
        mlrloss(wb, X, y + 1, K, 1)


def test_the_documents_other_name():
    assert mrloss is mlrloss
