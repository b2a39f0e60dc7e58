"""Which weights of a model are no numbers any more."""

from typing import Any

import numpy as np

_NUM_NAMED = 3


def broken_weights(model: Any) -> str:
    """Returns the paths of weights that hold NaN or infinity; empty where none does."""
    paths = [
        weight.path for weight in model.weights if not np.isfinite(weight.numpy()).all()
    ]
    more = len(paths) - _NUM_NAMED
    named = ", ".join(paths[:_NUM_NAMED])
    return f"{named} and {more} more" if more > 0 else named
