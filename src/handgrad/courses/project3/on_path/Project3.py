"""What a script of the course imports as ``Project3``."""

from handgrad.courses.project3 import *
from handgrad.courses.project3 import __all__ as __all__
from handgrad.courses.project3 import __getattr__ as __getattr__
