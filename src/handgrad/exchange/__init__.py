"""Weights and networks in the formats that others read and write: safetensors, ``.npz``, ONNX."""

from handgrad.exchange.arrays import export_npz, export_safetensors
from handgrad.exchange.onnx_model import export_onnx
from handgrad.exchange.state_dict import ImportReport, import_state_dict

__all__ = ["ImportReport", "export_npz", "export_onnx", "export_safetensors", "import_state_dict"]
