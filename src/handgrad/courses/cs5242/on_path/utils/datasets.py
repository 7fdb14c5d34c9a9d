"""The course's `utils.datasets`."""

from handgrad.courses.cs5242.utils.datasets import *
