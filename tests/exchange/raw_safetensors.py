"""A safetensors file written by hand: its header is JSON, and any dtype can be named in it."""

import json


def raw(**tensors):
    """The file's bytes; each tensor is (dtype, shape, bytes), in a name with "__" for a dot."""
    header, data = {}, b""
    for name, (dtype, shape, content) in tensors.items():
        offsets = [len(data), len(data) + len(content)]
        header[name.replace("__", ".")] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        data += content
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data
