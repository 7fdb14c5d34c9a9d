"""All that the course's document asks for, section by section; `run` does it."""

from handgrad.courses.cs5242.experiments.sections import run

__all__ = ["run"]
