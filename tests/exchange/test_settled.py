import pytest

from handgrad.errors import ArgumentError
from handgrad.exchange.settled import leaves, require_settled
from handgrad.nn import BatchNorm1d, Conv2d, Linear, ReLU, Sequential


@pytest.mark.parametrize(
    "layer", [Linear(None, 2), Conv2d(None, 2, 3), BatchNorm1d(None), Sequential([ReLU(), Linear(None, 2)])]
)
def test_an_open_size_is_refused_until_it_is_known(layer):
    network = Sequential([ReLU(), layer])
    with pytest.raises(ArgumentError, match=r"asker: layer 1(\.1)?, .*input_shape=") as caught:
        require_settled(network, "asker")
    assert ("layer 1.1" in str(caught.value)) == isinstance(layer, Sequential)
    network.infer((3, 8, 8) if isinstance(layer, Conv2d) else (3,))
    require_settled(network, "asker")


def test_leaves_are_named_by_their_place():
    inner = Sequential([Linear(2, 2), Sequential([ReLU()])])
    assert [name for name, _ in leaves(Sequential([ReLU(), inner, ReLU()]))] == ["0", "1.0", "1.1.0", "2"]
