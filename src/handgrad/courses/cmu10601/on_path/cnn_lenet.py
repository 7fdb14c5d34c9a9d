"""What `import cnn_lenet` finds when this folder is on PYTHONPATH."""

from handgrad.courses.cmu10601.cnn_lenet import *
from handgrad.courses.cmu10601.cnn_lenet import __all__ as __all__
