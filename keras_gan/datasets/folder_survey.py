"""What a folder of pictures holds, by their headers, and which size suits them."""

import dataclasses
import functools
import os
import statistics
from collections.abc import Mapping
from pathlib import Path

from keras_gan._halvings import SMALL_GRID, is_halved, nearest_halved
from keras_gan._types import Shape
from keras_gan.datasets._folder import find_pictures, of_each
from keras_gan.datasets._pictures import MAX_PIXELS, any_size, shape_of

_KEPT_SIDE = 128  # pixels, up to which pictures of one size stay as they are
_CHOSEN_SIDE = 64  # of others: an hour on two cores


@dataclasses.dataclass(frozen=True)
class FolderSurvey:
    """What a folder of pictures holds.

    Args:
        folder: that was looked at.
        shapes: dict from each picture that has a header to `(height, width, channels)`,
            upright.
        damaged: dict from each of the others to the reason. A picture may still turn
            out to be damaged when it is unpacked.
    """

    folder: Path
    shapes: Mapping[Path, Shape]
    damaged: Mapping[Path, str]

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Every `(height, width)` once, in rising order."""
        return sorted({(height, width) for height, width, _ in self.shapes.values()})

    @property
    def channels(self) -> int:
        """`1` where all pictures are of gray levels, else `3`."""
        return max((shape[2] for shape in self.shapes.values()), default=1)

    def __str__(self) -> str:
        sizes = self.sizes
        smallest, *_, largest = [*sizes, *sizes] or [(0, 0)] * 2
        extent = _written(smallest)
        if len(sizes) > 1:
            extent = f"{len(sizes)} sizes from {extent} to {_written(largest)}"
        colors = "in gray levels" if self.channels == 1 else "in color"
        told = f"{self.folder}: {len(self.shapes):,} pictures, {extent}, {colors}"
        if self.damaged:
            told += f"; {len(self.damaged)} more cannot be read"
        return told

    def image_size(self) -> tuple[tuple[int, int], str]:
        """Returns a size for networks that halve images, and the reason.

        Pictures of one size keep it, if it halves to a small grid and no side is above
        128 pixels. Others get the nearest such size to their median height and width,
        at most 64 pixels along the longer side.

        Returns:
            image_size: pair of ints, height and width.
            reason: str, a sentence.

        Raises:
            ValueError: if no picture can be read.

        Example:
        >>> shapes = {Path("a.png"): (300, 400, 3), Path("b.png"): (90, 120, 3)}
        >>> size, reason = FolderSurvey(Path("cats"), shapes, {}).image_size()
        >>> print(size, reason)
        (48, 64) images of 48 x 64: the pictures have 2 sizes, 195 x 260 at the median,
        ...
        """
        sizes = self.sizes
        if not sizes:
            raise ValueError(f"No picture in {self.folder} can be read.")
        is_kept = is_halved(*sizes[0], SMALL_GRID) and max(sizes[0]) <= _KEPT_SIDE
        if len(sizes) == 1 and is_kept:
            return sizes[0], f"images of {_written(sizes[0])}, as the pictures are"
        height, width = (
            statistics.median(shape[axis] for shape in self.shapes.values())
            for axis in (0, 1)
        )
        share = min(1.0, _CHOSEN_SIDE / max(height, width))
        chosen = nearest_halved(round(share * height), round(share * width))
        many = f"{len(sizes)} sizes, " if len(sizes) > 1 else ""
        at_median = " at the median" if many else ""
        size = _written((round(height), round(width)))
        return chosen, (
            f"images of {_written(chosen)}: the pictures have {many}{size}{at_median}, "
            f"of which this is the nearest with sides of at most {_CHOSEN_SIDE} pixels "
            "that halves to a small grid; the largest centered part of that shape is "
            "kept and resized, bilinear with antialiasing (--image-size chooses "
            "another)"
        )


def survey_image_folder(
    data_dir: str | os.PathLike[str], max_pixels: int = MAX_PIXELS
) -> FolderSurvey:
    """Looks at the header of every picture below a folder.

    Use it before `load_image_folder`, which wants a size where pictures differ. It
    reads no pixels.

    Args:
        data_dir: folder; its subfolders are searched too.
        max_pixels: as in `load_image_folder`. Defaults to `67_108_864`.

    Returns:
        survey: `FolderSurvey`.

    Raises:
        FileNotFoundError: if `data_dir` is no folder.
        ImportError: if Pillow is not installed.
        ValueError: if it has fewer than three pictures.

    Example:
    ```python
    survey = kg.datasets.survey_image_folder("cats")
    print(survey)
    image_size, reason = survey.image_size()
    data = kg.datasets.load_image_folder("cats", image_size)
    ```
    """
    folder, paths, _ = find_pictures(data_dir)
    with any_size():
        header = functools.partial(shape_of, max_pixels=max_pixels)
        shapes, damaged = of_each(paths, header)
    return FolderSurvey(folder, shapes, damaged)


def _written(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"
