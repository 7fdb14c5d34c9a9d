"""The course's `optimizers`."""

from handgrad.courses.cs5242.optimizers import *
