"""Section 2.3 of the document on real arrays: average-pooling as a convolution, and its gradient."""

from typing import Any

import numpy as np

from handgrad import ops
from handgrad._typing import Array
from handgrad.courses.thu.functions import avgpool2d_backward, avgpool2d_forward
from handgrad.courses.thu.measures import largest, relative, whole


def equation2(maps: Array, k: int) -> dict[str, Any]:
    """The kernel of equation 2.2 as printed, and the one that average-pooling needs."""
    C = maps.shape[1]
    printed = np.full((C, C, k, k), 1 / (k * k))
    diagonal = np.eye(C)[:, :, None, None] * printed
    pooled = avgpool2d_forward(maps, k, 0)
    one = avgpool2d_forward(maps[:, :1], k, 0)
    as_printed = ops.conv2d_forward(maps, printed, np.zeros(C), stride=k)[0]
    small = np.array([[[1.0, 3.0], [5.0, 7.0]], [[2.0, 2.0], [6.0, 10.0]]])[None]
    return {
        "channels": C,
        "kernel": k,
        "one_channel": largest(ops.conv2d_forward(maps[:, :1], printed[:1, :1], None, stride=k)[0] - one),
        "printed": largest(as_printed - pooled),
        "printed_is_sum": largest(as_printed - pooled.sum(axis=1, keepdims=True)),
        "diagonal": largest(ops.conv2d_forward(maps, diagonal, None, stride=k)[0] - pooled),
        "groups": largest(ops.conv2d_forward(maps, printed[:, :1], None, stride=k, groups=C)[0] - pooled),
        "small": {
            "maps": whole(small[0]),
            "pooled": whole(avgpool2d_forward(small, 2, 0).ravel()),
            "printed": whole(
                ops.conv2d_forward(small, np.full((2, 2, 2, 2), 0.25), None, stride=2)[0].ravel()
            ),
        },
    }


def equation3(maps: Array, delta: Array, k: int) -> dict[str, Any]:
    """Equations 2.3 and 2.4: the gradient, upsampled and divided by the number of pixels in a window."""
    small = np.array([[4.0, -8.0], [0.0, 12.0]])
    spread = avgpool2d_backward(np.zeros((1, 1, 4, 4)), small[None, None], 2, 0)[0, 0]
    upsampled = np.kron(small, np.ones((2, 2)))
    return {
        "delta": whole(small),
        "upsampled": whole(upsampled),
        "spread": whole(spread),
        "small": largest(upsampled / 4 - spread),
        "maps": list(maps.shape),
        "arriving": list(delta.shape),
        "window": k * k,
        "real": relative(
            np.kron(delta, np.ones((1, 1, k, k))) / (k * k), avgpool2d_backward(maps, delta, k, 0)
        ),
    }
