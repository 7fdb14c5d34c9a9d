"""The course's `layers`."""

from handgrad.courses.cs5242.layers import *
