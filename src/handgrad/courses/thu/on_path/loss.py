"""The course's `loss`."""

from handgrad.courses.thu.loss import *
