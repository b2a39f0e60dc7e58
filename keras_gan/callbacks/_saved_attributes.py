"""What Keras leaves out of files is worked out once, not at each save.

Keras 3.15 keeps it under another name than it looks for, and so builds a layer, a
metric and an optimizer anew for everything that it saves. What TensorFlow holds of
these never goes: 139 kB for each save of a small GAN, 0.6 GB for 2,160 epochs of two
saves each.
"""

import contextlib

_KINDS = (
    *("Functional", "Layer", "Loss", "Metric", "Operation", "Optimizer"),
    "Sequential",
)


def remember_left_out_attributes() -> None:
    """Puts it where Keras looks; does nothing where Keras is built otherwise."""
    with contextlib.suppress(ImportError):
        from keras.src.backend.common import global_state
        from keras.src.saving.saving_lib import get_attr_skipset

        for kind in _KINDS:
            name = f"saving_attr_skiplist_{kind}"
            if global_state.get_global_attribute(name) is not None:
                continue
            with contextlib.suppress(ValueError):  # a kind that this Keras has not
                global_state.set_global_attribute(name, get_attr_skipset(kind))
