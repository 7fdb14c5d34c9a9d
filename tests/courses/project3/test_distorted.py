import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.project3.distorted import DISTORTIONS, Images, distorted
from handgrad.errors import ArgumentError


@pytest.fixture(scope="module")
def part():
    return hg.load_digits().train.take(range(600))


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_the_images_themselves_come_first_and_copies_have_their_labels(part, kind):
    found = distorted(part, kind, copies=2, threads=1)
    assert len(found) == 1800
    assert found.images.dtype == np.uint8
    np.testing.assert_array_equal(found.images[:600], part.images)
    np.testing.assert_array_equal(found.labels, np.concatenate([part.labels] * 3))
    originals = np.concatenate([part.images, part.images]).astype(float)
    copies = found.images[600:].astype(float)
    assert np.abs(copies - originals).mean() > 5
    assert not np.array_equal(copies[:600], copies[600:])
    assert np.corrcoef(copies.ravel(), originals.ravel())[0, 1] > 0.5  # the same digits, a little aside


def test_the_result_does_not_depend_on_the_threads(part):
    one, three = (distorted(part, "affine", 1, seed=4, threads=threads) for threads in (1, 3))
    np.testing.assert_array_equal(one.images, three.images)
    assert not np.array_equal(one.images, distorted(part, "affine", 1, seed=5, threads=1).images)


def test_two_kinds_take_turns(part):
    found = distorted(part, "affine or elastic", copies=3, threads=1).images
    affine = distorted(part, "affine", copies=3, threads=1).images
    elastic = distorted(part, "elastic", copies=3, threads=1).images
    for copy, expected in enumerate([affine, affine, elastic, affine]):
        np.testing.assert_array_equal(*(each[600 * copy : 600 * (copy + 1)] for each in (found, expected)))


def test_an_unknown_kind_is_refused(part):
    with pytest.raises(ArgumentError, match="distorted: expected one of affine, elastic"):
        distorted(part, "blurred", 1)


def test_the_last_kind_is_kept(part):
    images = Images(part, copies=1, threads=1)
    assert images.of("") is part
    first = images.of("affine")
    assert images.of("") is part
    assert images.of("affine") is first
    assert images.of("elastic") is not first
