"""Writes ops.npz: what PyTorch makes of the table of cases, for the tests that run without PyTorch.

Run from the root of the repository, with PyTorch installed: python -m tests.stored.make_op_values
"""

import numpy as np
import torch

from tests.op_cases import CASES
from tests.op_checks import forward, run_torch, upstream
from tests.ops.test_table import STORED


def main() -> None:
    stored: dict[str, np.ndarray] = {}
    for case in CASES:
        if case.torch is None:
            continue
        arrays = case.make()
        stored |= {f"{case.name}/in/{name}": array for name, array in arrays.items()}
        stored[f"{case.name}/dy"] = np.asarray(upstream(case, forward(case, arrays)[0]))
        stored |= {f"{case.name}/out/{name}": array for name, array in run_torch(case, arrays).items()}
    np.savez_compressed(STORED, **stored)
    print(
        f"{STORED.name}: {len(stored)} arrays from PyTorch {torch.__version__}, {STORED.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
