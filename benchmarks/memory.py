"""Peak memory of training LeNet on as many images as MNIST has (60,000 and 10,000 to test with).

    .venv/bin/python benchmarks/memory.py

The images are noise of MNIST's size: what is measured does not depend on what they show. 200 steps, and an
evaluation of all 70,000 images, in a process of its own.
"""

import resource
import sys

import numpy as np

import handgrad as hg
from handgrad.recipes import build_network, build_run, find_recipe


def main() -> None:
    """Train, evaluate, and print the largest resident size that the process ever had."""
    rng = np.random.default_rng(0)
    train, test = (
        hg.Dataset(rng.integers(0, 256, (n, 28, 28), np.uint8), rng.integers(0, 10, n))
        for n in (60_000, 10_000)
    )
    recipe = find_recipe("lenet")
    run = build_run(recipe, build_network(recipe), engine="reference", threads=2)
    for record in hg.fit(run, train, watch={"test": test, "train": train}, steps=200, batch_size=64):
        print(record)
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kibibytes
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
