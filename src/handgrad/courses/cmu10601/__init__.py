"""CMU 10-601, spring 2017, homework 7: a LeNet in functions on feature maps.

See: `handgrad course path cmu10601` for the folder that makes `import cnn_lenet` work.
"""

from handgrad.courses.cmu10601.cnn_lenet import *
from handgrad.courses.cmu10601.cnn_lenet import __all__ as __all__
