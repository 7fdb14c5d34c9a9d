"""Benchmarks: handgrad's engines beside PyTorch and JAX, each in a process of its own, in one run."""

from handgrad.bench.comparing import benchmark, compare_layers, compare_recipe
from handgrad.bench.contestants import CONTESTANTS, ENGINES, RIVALS, Contestant, choose
from handgrad.bench.figure import describe, speed_panels
from handgrad.bench.machine import Machine, look_at_machine, peak
from handgrad.bench.race import Settings
from handgrad.bench.results import Comparison, Entry, Results, Start, read_results
from handgrad.bench.side import MEASURES
from handgrad.bench.statistics import Spread

__all__ = [
    "CONTESTANTS",
    "ENGINES",
    "MEASURES",
    "RIVALS",
    "Comparison",
    "Contestant",
    "Entry",
    "Machine",
    "Results",
    "Settings",
    "Spread",
    "Start",
    "benchmark",
    "choose",
    "compare_layers",
    "compare_recipe",
    "describe",
    "look_at_machine",
    "peak",
    "read_results",
    "speed_panels",
]
