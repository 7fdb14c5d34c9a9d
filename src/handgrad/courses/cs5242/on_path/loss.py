"""The course's `loss`."""

from handgrad.courses.cs5242.loss import *
