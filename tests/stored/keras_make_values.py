"""Writes what Keras makes of the checks of the course cs5242, for reports and tests that run without Keras.

Run from the root of the repository, with Keras 3 and PyTorch: python -m tests.stored.keras_make_values
"""

import numpy as np

from handgrad.courses.cs5242.experiments.keras_side import KEPT, STORED, live_outputs


def main() -> None:
    live = live_outputs()
    if live is None:
        raise SystemExit("Keras is not installed, or has no backend")
    made_by, outputs = live
    kept = {name: array[:KEPT] if array.ndim == 4 else array for name, array in outputs.items()}
    np.savez_compressed(STORED, made_by=np.array(made_by), **kept)
    print(f"{STORED.name}: {len(kept)} arrays from {made_by}, {STORED.stat().st_size} bytes")


if __name__ == "__main__":
    main()
