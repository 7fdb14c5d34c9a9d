"""Where PyTorch is not installed, files that nothing but it can use are not searched for examples."""

from importlib.util import find_spec

WITH_TORCH = ["exchange/torch_twins.py", "stored/make_op_values.py", "stored/make_optimizer_values.py"]
collect_ignore = [] if find_spec("torch") else WITH_TORCH
