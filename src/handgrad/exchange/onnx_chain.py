"""Building an ONNX graph that is one line of nodes, as a `Sequential` is one line of layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import AnyArray

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto


class Chain:
    """Nodes one after the other, each reading what the one before it wrote.

    Arguments:
        start: the name of what the first node reads.
    """

    def __init__(self, start: str) -> None:
        self.nodes: list[NodeProto] = []
        self.initializers: list[TensorProto] = []
        self.value = start

    def add(
        self, kind: str, name: str, arrays: Mapping[str, AnyArray] | None = None, /, **attributes: Any
    ) -> None:
        """Append a node.

        Arguments:
            kind: ONNX's name of the operator.
            name: of the layer; the node and its output are called ``name.kind``.
            arrays: constants by name, the node's further inputs in ONNX's order; stored as float32.
            attributes: of the operator.
        """
        from onnx import helper, numpy_helper

        for array_name, array in (arrays or {}).items():
            self.initializers.append(numpy_helper.from_array(np.asarray(array, np.float32), array_name))
        output = f"{name}.{kind}"
        inputs = [self.value, *(arrays or {})]
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        self.value = output

    def finish(self, name: str) -> None:
        """Give the last node's output its public name."""
        self.nodes[-1].output[0] = self.value = name
