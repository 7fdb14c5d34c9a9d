"""Writes optimizers.npz: the paths that PyTorch's optimizers take, for the tests that run without PyTorch.

Run from the root of the repository, with PyTorch installed: python -m tests.stored.make_optimizer_values
"""

import numpy as np
import torch

from tests.optim.optimizer_cases import CASES, STORED, make_inputs, torch_path


def main() -> None:
    inputs = make_inputs()
    paths = {f"path/{case}": torch_path(case, inputs) for case in CASES}
    singles = {f"float32/{case}": torch_path(case, inputs, "float32")[-1] for case in CASES}
    np.savez_compressed(STORED, **inputs, **paths, **singles)
    print(
        f"{STORED.name}: {len(CASES)} cases from PyTorch {torch.__version__}, {STORED.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
