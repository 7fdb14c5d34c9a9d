import numpy as np

import handgrad as hg


def test_rows_are_in_channel_row_column_order_and_come_back():
    x = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    y, cache = hg.Flatten().forward(x)
    assert y.shape == (2, 60)
    assert y[1, 20 * 2 + 5 * 3 + 4] == x[1, 2, 3, 4]
    dx, gradients = hg.Flatten().backward(y, cache)
    np.testing.assert_array_equal(dx, x)
    assert gradients == {}
