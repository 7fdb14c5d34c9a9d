"""The course's `utils.check_grads`."""

from handgrad.courses.cs5242.utils.check_grads import *
