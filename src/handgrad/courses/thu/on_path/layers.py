"""The course's `layers`."""

from handgrad.courses.thu.layers import *
