"""The course's `utils.tools`."""

from handgrad.courses.cs5242.utils.tools import *
