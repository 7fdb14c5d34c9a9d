"""The course's `initializers`."""

from handgrad.courses.cs5242.initializers import *
