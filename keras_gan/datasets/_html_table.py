"""A dataset as a table for notebooks, with some of its training images."""

from typing import Any

import numpy as np

from keras_gan._html import Html, element, image_address, rows_of
from keras_gan.datasets._known_labels import known_labels
from keras_gan.visualization import image_grid, png_of

_SHOWN = 32  # images, four rows: to see what they are, in some 50 kB
_COLUMNS = 8
_LARGEST = 128  # pixels a side: a notebook is saved with its pictures


def table_of(data: Any) -> Html:
    """Returns a table of a `Dataset`, and under it training images where there are any.

    Args:
        data: `Dataset`.
    """
    low, high = data.value_range
    rows = [
        (f"{name} {data.data_name}", f"{len(split):,}")
        for name, split in data.splits.items()
    ]
    if data.stream is not None:
        rows.append((f"streamed {data.data_name}", f"{len(data.stream):,}"))
    rows.append(("shape", " x ".join(map(str, data.data_shape))))
    rows.append(("value range", f"[{low:g}, {high:g}]"))
    if data.train.labels is not None:
        known = known_labels(data.train.labels)
        classes, counts = np.unique(known, return_counts=True)
        rows.append(("classes", str(len(classes))))
        if len(known) < len(data.train):
            rows.append(("rows of no known class", f"{len(data.train) - len(known):,}"))
        if len(known):
            rows.append(("rows a class", f"{counts.min():,} to {counts.max():,}"))
    head, body = rows_of((data.name, "value"), rows)
    return Html(element("table", head, body) + _pictures(data))


def _pictures(data: Any) -> str:
    values = data.train.values[:_SHOWN]
    are_images = data.data_name == "images" and values.shape[-1] in (1, 3)
    if not are_images or max(values.shape[1:3]) > _LARGEST:
        return ""
    try:
        png = png_of(image_grid(values, data.value_range, _COLUMNS))
    except ImportError:  # Pillow is an extra: the table says what there is
        return ""
    source = image_address("png", png)
    return element("img", src=source, alt=f"{len(values)} training images")
