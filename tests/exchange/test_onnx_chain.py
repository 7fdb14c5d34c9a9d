import numpy as np
import pytest

from handgrad.exchange.onnx_chain import Chain


def test_each_node_reads_what_the_one_before_it_wrote():
    onnx = pytest.importorskip("onnx")
    chain = Chain("images")
    chain.add("Mul", "0", {"0.gain": np.arange(6.0).reshape(2, 3).T})
    chain.add("Relu", "1")
    chain.finish("logits")
    assert [(list(node.input), list(node.output)) for node in chain.nodes] == [
        (["images", "0.gain"], ["0.Mul"]),
        (["0.Mul"], ["logits"]),
    ]
    stored = onnx.numpy_helper.to_array(chain.initializers[0])
    assert stored.dtype == np.float32
    np.testing.assert_array_equal(stored, np.arange(6.0).reshape(2, 3).T)
