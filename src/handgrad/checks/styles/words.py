"""What people call things: names of operations, constructor arguments, weights and gradients."""

import re

OPERATIONS = (
    (r"leaky", "leaky_relu"),
    (r"prelu", ""),
    (r"relu", "relu"),
    (r"elu$|^elu", "elu"),
    (r"sigmoid|logistic", "sigmoid"),
    (r"tanh", "tanh"),
    (r"im2col|col2im", ""),
    (r"batch_?norm|^bn", "batch_norm"),
    (r"dropout", "dropout"),
    (r"max_?pool", "max_pool2d"),
    (r"(avg|average|mean)_?pool", "avg_pool2d"),
    (r"pool", "max_pool2d"),
    (r"conv", "conv2d"),
    (r"flatten|reshape", "flatten"),
    (r"softmax\w*(loss|entropy|ce)|cross_?entropy\w*logit|logit\w*loss", "cross_entropy"),
    (r"softmax", "softmax"),
    (r"cross_?entropy|xent|nll|log_?loss", "cross_entropy"),
    (r"euclid", "euclidean_loss"),
    (r"mse|squared", "mse_loss"),
    (r"linear|dense|affine|fully|^fc|_fc|inner_?product", "linear"),
    (r"sgd|momentum", "update"),
)
"""Looked for in the name, in lower case with underscores, in this order; an empty one is none of ours."""

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "C": (
        "in_channels", "in_channel", "in_ch", "in_ch_size", "c_in", "channels", "num_channels", "n_channels",
        "input_channels", "in_c", "ic", "inc", "num_features", "n_features",
    ),
    "O": (
        "out_channels", "out_channel", "out_ch", "out_ch_size", "c_out", "num_filters", "n_filters",
        "filters",        "out_c", "oc", "outc", "out_features", "output_size",
        "out_dim", "n_out", "out_num", "units",
        "outputs",        "output_dim", "dim_out", "num_outputs", "n_outputs", "fan_out", "out_size", "num",
    ),
    "I": (
        "in_features", "input_size", "in_dim", "n_in", "in_num", "inputs", "input_dim", "dim_in",
        "num_inputs",        "n_inputs", "fan_in", "in_size", "features", "dim", "size", "num_neurons",
    ),
    "K": ("num_class", "num_classes", "n_classes", "classes", "n_class", "k_classes"),
    "kernel_size": (
        "kernel_size", "kernel", "k", "filter_size", "pool_size", "window", "window_size", "ksize", "f",
        "filter_dim", "size",
    ),
    "KH": ("kernel_h", "kernel_height", "kh", "filter_h", "f_height", "pool_height", "pool_h", "hh", "fh"),
    "KW": ("kernel_w", "kernel_width", "kw", "filter_w", "f_width", "pool_width", "pool_w", "ww", "fw"),
    "stride": ("stride", "strides", "s", "step"),
    "padding": ("padding", "pad", "pads", "zero_padding"),
    "p": ("p", "ratio", "rate", "drop", "drop_prob", "drop_rate", "dropout", "prob", "dropout_ratio"),
    "keep": ("keep_prob", "keep", "p_keep"),
    "lr": ("lr", "learning_rate", "eta", "alpha"),
    "momentum": ("momentum", "mu", "beta", "friction", "mmt_friction"),
    "name": ("name",),
}  # fmt: skip
"""By what a constructor's or function's argument is: the names it goes by."""

X = ("x", "inputs", "input", "inp", "data", "a", "logits", "scores", "z", "images", "probs", "probabilities",
     "y_hat", "y_pred", "pred", "predictions")  # fmt: skip
DY = ("dy", "dout", "d_out", "grad", "grad_output", "grad_out", "in_grads", "upstream", "dz", "delta", "dldy",
      "dl_dy", "g", "dl", "gradient", "grads", "grad_y", "dl_dout", "dout_", "output_grad", "dvalues",
      "upstream_grad", "dl_dz", "d_output", "doutput", "output_gradient")  # fmt: skip
CACHE = ("cache", "ctx", "context", "saved", "state")
TARGETS = ("y", "t", "targets", "target", "labels", "label", "y_true", "truth")
WEIGHT = ("weight", "weights", "w", "kernel", "kernels", "filters", "filter", "gamma", "g", "theta", "scale")
BIAS = ("bias", "biases", "b", "beta", "offset", "shift")
DICTIONARIES = (
    "conv_param",
    "conv_params",
    "pool_param",
    "pool_params",
    "dropout_param",
    "bn_param",
    "params",
)
TRAINING = ("training", "train", "is_training", "is_train", "mode")


def lower(name: str) -> str:
    """CamelCase and underscores to one form.

    Example:
        >>> lower("MaxPool2D"), lower("BatchNorm")
        ('max_pool2d', 'batch_norm')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", "_", name).lower()


def operation_of(name: str) -> str:
    """Which operation a name means; empty where it means none."""
    word = lower(name)
    for pattern, operation in OPERATIONS:
        if re.search(pattern, word) or re.search(pattern, word.replace("_", "")):  # ReLU is re_lu
            return operation
    return ""


def meaning(argument: str, operation: str) -> str:
    """What an argument is, for an operation; empty where the name says nothing."""
    word = argument.lower()
    if operation == "batch_norm" and word in (*ARGUMENTS["C"], *ARGUMENTS["I"]):
        return "I"
    if operation in ("linear",) and word in ("input_size", "inputs", "size", "n", "d"):
        return "I"
    for what, names in ARGUMENTS.items():
        if (
            word in names
            and (what != "p" or operation == "dropout")
            and not (what == "I" and operation in ("conv2d", "max_pool2d", "avg_pool2d"))
        ):
            return what
    return ""


def gradient_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Attributes that a parameter's gradient goes by."""
    found = []
    for name in names:
        found += [f"d{name}", f"grad_{name}", f"{name}_grad", f"d_{name}", f"{name}_gradient", f"g{name}"]
        found += [f"{name}grad", f"grad{name}", f"dl_d{name}", f"dld{name}"]
    return tuple(found)
