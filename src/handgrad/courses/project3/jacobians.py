"""Section 2.3: the Jacobians as the report derives them, held against central differences.

The derivative of a vector by a matrix is taken by the matrix's elements in reading order, row by row: element
(i, j) of a matrix with n columns is number n i + j. All of this is written apart from the library's own
backward pass, which is one of the things that it checks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.courses.project3.mlp import MLP, CrossEntropy, one_hot, sigmoid, softmax

STEP = 1e-5  # of the central differences

SYMBOLS = {
    "dL/dy_hat": (r"\partial L / \partial \hat{y}", r"(-y^k / \hat{y}^k)"),
    "dy_hat/da2": (
        r"\partial \hat{y} / \partial a_2",
        r"\operatorname{diag}(\hat{y}) - \hat{y}\,\hat{y}^{\top}",
    ),
    "dL/da2": (r"\partial L / \partial a_2", r"(\hat{y} - y)^{\top}"),
    "da2/db2": (r"\partial a_2 / \partial b_2", r"\mathbf{I}_{10}"),
    "da2/dW2": (r"\partial a_2 / \partial \mathbf{W}_2", r"\mathbf{I}_{10} \otimes f_1^{\top}"),
    "da2/df1": (r"\partial a_2 / \partial f_1", r"\mathbf{W}_2"),
    "df1/da1": (r"\partial f_1 / \partial a_1", r"\operatorname{diag}(f_1^k (1 - f_1^k))"),
    "da1/db1": (r"\partial a_1 / \partial b_1", r"\mathbf{I}_{64}"),
    "da1/dW1": (r"\partial a_1 / \partial \mathbf{W}_1", r"\mathbf{I}_{64} \otimes x^{\top}"),
}
"""Each Jacobian and its formula as LaTeX, for the report's table."""

Function = Callable[[Array], Array]


def central_differences(function: Function, at: Array, places: IntArray) -> Array:
    """Some columns of the Jacobian of a function, by (f(x + h) − f(x − h)) / 2h.

    Arguments:
        function: from an array shaped as ``at`` to (m,).
        at: where; not changed.
        places: the positions of the elements to move, counted in reading order.

    Returns:
        (m, len(places)).

    Example:
        >>> central_differences(lambda x: 3 * x, np.array([1.0, 2.0]), np.array([1])).round(6)
        array([[0.],
               [3.]])
    """
    moved = at.copy()
    flat = moved.reshape(-1)  # a view
    columns = []
    for place in places:
        value = flat[place]
        flat[place] = value + STEP
        above = function(moved)
        flat[place] = value - STEP
        below = function(moved)
        flat[place] = value
        columns.append((above - below) / (2 * STEP))
    return np.stack(columns, axis=1)


def formulas(net: MLP, y: Array) -> dict[str, Array]:
    """Every Jacobian of section 2.3 by its formula, for the image of the last ``forward``.

    Arguments:
        net: after ``forward(x)`` of one image.
        y: one-hot, (10,).

    Returns:
        matrices by name; those by ``W1`` and ``W2`` have a column for each weight.
    """
    f1, y_hat = net.f1, net.y_hat
    classes, hidden = len(net.b2), len(net.b1)
    return {
        "dL/dy_hat": (-y / y_hat)[None],  # -> (1, 10)
        "dy_hat/da2": np.diag(y_hat) - np.outer(y_hat, y_hat),  # (10, 10)
        "dL/da2": (y_hat - y)[None],  # -> (1, 10)
        "da2/db2": np.eye(classes),
        "da2/dW2": np.kron(np.eye(classes), f1),  # (10, 640)
        "da2/df1": net.W2,  # (10, 64)
        "df1/da1": np.diag(f1 * (1 - f1)),  # (64, 64)
        "da1/db1": np.eye(hidden),
        "da1/dW1": np.kron(np.eye(hidden), net.x),  # (64, 50176)
    }


def functions(net: MLP, y: Array) -> dict[str, tuple[Function, Array]]:
    """What each Jacobian is of, as a function, and where it is taken."""
    x, f1 = np.asarray(net.x), net.f1
    loss = CrossEntropy
    return {
        "dL/dy_hat": (lambda v: np.array([loss(v, y)]), net.y_hat),
        "dy_hat/da2": (softmax, net.a2),
        "dL/da2": (lambda v: np.array([loss(softmax(v), y)]), net.a2),
        "da2/db2": (lambda v: net.W2 @ f1 + v, net.b2),
        "da2/dW2": (lambda v: v @ f1 + net.b2, net.W2),
        "da2/df1": (lambda v: net.W2 @ v + net.b2, f1),
        "df1/da1": (sigmoid, net.a1),
        "da1/db1": (lambda v: net.W1 @ x + v, net.b1),
        "da1/dW1": (lambda v: v @ x + net.b1, net.W1),
    }


def check_jacobians(image: Array, label: int, *, seed: int, columns: int) -> dict[str, Any]:
    """All Jacobians of a fresh network at one image: formula and central differences side by side.

    Arguments:
        image: (784,), 0 to 1.
        label: its digit.
        seed: of the network's first weights, and of the columns that are compared.
        columns: how many of a Jacobian are compared at most.

    Returns:
        what the report prints.

    Example:
        >>> found = check_jacobians(np.linspace(0, 1, 784), 3, seed=0, columns=10)
        >>> max(row["difference"] for row in found["rows"]) < 1e-6
        True
    """
    rng = np.random.default_rng(seed)
    net = MLP()
    net.W1, net.W2 = rng.normal(0, 0.1, net.W1.shape), rng.normal(0, 0.1, net.W2.shape)
    y = one_hot(np.array(label))
    net.forward(image.astype(np.float64))
    known = functions(net, y)
    rows = [_compared(name, matrix, *known[name], columns, rng) for name, matrix in formulas(net, y).items()]
    return {"label": label, "seed": seed, "rows": rows, "gradients": _gradients(net, y, columns, rng)}


def _compared(
    name: str, matrix: Array, function: Function, at: Array, columns: int, rng: np.random.Generator
) -> dict[str, Any]:
    """One row of the table."""
    places = _places(matrix.shape[1], columns, rng)
    quotients = central_differences(function, at, places)
    exact = matrix[:, places]
    row, column = np.unravel_index(np.abs(exact).argmax(), exact.shape)
    return {
        "name": name,
        "symbol": SYMBOLS[name][0],
        "derived": SYMBOLS[name][1],
        "rows": matrix.shape[0],
        "columns": matrix.shape[1],
        "compared": len(places),
        "difference": float(np.abs(exact - quotients).max()),
        "at": [int(row) + 1, int(places[column]) + 1],
        "formula": float(exact[row, column]),
        "quotient": float(quotients[row, column]),
    }


def _gradients(net: MLP, y: Array, columns: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """What `MLP.update_grad` adds, beside products of the Jacobians and differences of the loss itself."""
    matrices = formulas(net, y)
    back = matrices["dL/da2"] @ matrices["da2/df1"] @ matrices["df1/da1"]  # (1, 64), which is ∂L/∂a₁
    products = {
        "W2": matrices["dL/da2"] @ matrices["da2/dW2"],
        "b2": matrices["dL/da2"] @ matrices["da2/db2"],
        "W1": back @ matrices["da1/dW1"],
        "b1": back @ matrices["da1/db1"],
    }
    net.reset_grad()
    net.update_grad(y)
    x, rows = np.asarray(net.x), []
    for name, product in products.items():
        value, added = getattr(net, name), np.asarray(getattr(net, f"{name}_grad"))
        places = _places(value.size, columns, rng)

        def loss(v: Array, name: str = name) -> Array:
            W1, b1, W2, b2 = (v if each == name else getattr(net, each) for each in ("W1", "b1", "W2", "b2"))
            return np.array([CrossEntropy(softmax(W2 @ sigmoid(W1 @ x + b1) + b2), y)])

        quotients = central_differences(loss, value, places)[0]
        rows.append(
            {
                "name": name,
                "size": int(value.size),
                "compared": len(places),
                "product": float(np.abs(product[0] - added.reshape(-1)).max()),
                "difference": float(np.abs(quotients - added.reshape(-1)[places]).max()),
                "largest": float(np.abs(added).max()),
            }
        )
    return rows


def _places(count: int, most: int, rng: np.random.Generator) -> IntArray:
    """All columns, or so many of them drawn at random."""
    if count <= most:
        return np.arange(count)
    return np.sort(rng.choice(count, most, replace=False))
