"""Names for the types that cross the rooms.

TensorFlow and Keras publish no types that a checker can follow, so a tensor is `Any`:
the shape is stated in a comment where it matters, `# [batch, latent_dim]`.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Tensor: TypeAlias = Any
"""A TensorFlow or Keras tensor, or anything TensorFlow converts to one."""

Array: TypeAlias = npt.NDArray[Any]
"""A NumPy array of any dtype."""

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]
"""A NumPy array of floats."""

Shape: TypeAlias = tuple[int, ...]
"""The shape of one example, without the batch axis."""

Config: TypeAlias = dict[str, Any]
"""A JSON-ready description from which an object can be rebuilt."""
