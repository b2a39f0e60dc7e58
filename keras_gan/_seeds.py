"""Seeds that come from others."""

import numpy as np


def derived_seed(seed: int, index: int) -> int:
    """Returns a seed below 2^31; neighbouring seeds and indices get unrelated ones."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] % 2**31)
