"""Names of array types, for the package and for training."""

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""Grey levels, 0 = black; of a normalised picture 0 = paper."""

Float = NDArray[np.float32]

Mask = NDArray[np.bool_]
