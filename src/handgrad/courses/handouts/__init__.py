"""What an instructor hands out: starting files made from the adapters, public checks, an autograder."""

from handgrad.courses.handouts.autograder import write_autograder
from handgrad.courses.handouts.handout import Handout

__all__ = ["Handout", "write_autograder"]
