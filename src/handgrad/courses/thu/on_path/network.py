"""The course's `network`."""

from handgrad.courses.thu.network import *
