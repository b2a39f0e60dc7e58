"""Pictures of samples: written whole, as PNG files."""

import io
import math
import os
from collections.abc import Collection, Mapping

import numpy as np

from keras_gan._data_names import data_name_of
from keras_gan._files import check_new_folder, replacing
from keras_gan._plots import save_lines, save_named_rows, save_numbers, save_points
from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_integer, check_positive_integer, check_range

__all__ = [
    "image_grid",
    "latent_arc",
    "latent_path",
    "png_of",
    "save_image_grid",
    "save_image_rows",
    "save_images",
    "save_nearest_neighbors",
    "save_samples",
]
__dir__ = __all__.copy

_FRAME_COLOR = (255, 200, 0)
_SMALLEST_SINE = 1e-6  # of the angle between two vectors that are not on one line
_SLACK = 0.25  # of its width, by which values may miss a range: they are clipped
_RANGES = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0))  # of pictures
_SMALLEST_SIDE = 28  # tiny images are enlarged to at least this many pixels


def save_samples(
    path: str | os.PathLike[str],
    samples: FloatArray,
    value_range: tuple[float, float] | None = None,
    num_columns: int | None = None,
    scale: int = 1,
) -> None:
    """Draws samples of any rank as what they are, into a PNG file.

    Images make a grid, as `save_image_grid` draws it; vectors of two numbers are points
    in the plane, and those of one number a histogram; other vectors, and signals, are
    lines, a panel for each sample and a color for each channel.

    Args:
        path: of the file; its folder is created.
        samples: float array of images `[num, height, width, channels]`, signals `[num,
            length, channels]` or vectors `[num, dim]`.
        value_range: pair of finite floats, the lower first, at which a picture ends:
            black and white of images, which are clipped, and the axes of plots; `None`
            takes the least and the greatest value. Images of uint8 are pixels already,
            whatever it says. Defaults to `None`.
        num_columns: int, at least 1, of images or panels; `None` for a square grid.
            Defaults to `None`.
        scale: int, at least 1: how many times as large the picture is.
            Defaults to `1`.

    Raises:
        ImportError: if Pillow, or matplotlib for what is no image, is not installed.
        ValueError: if there are no samples, they are not finite or of another rank, or
            an argument is out of its range.

    Example:
    ```python
    data = kg.datasets.load_ring_of_gaussians()
    kg.visualization.save_samples("ring.png", data.test.points, data.value_range)
    ```
    """
    samples = np.asarray(samples)
    check_positive_integer("scale", scale)
    if num_columns is not None:
        check_positive_integer("num_columns", num_columns)
    if samples.ndim not in (2, 3, 4) or not samples.size:
        raise ValueError(
            "`samples` must be images [num, height, width, channels], signals [num, "
            "length, channels] or vectors [num, dim], one or more. Received: "
            f"samples.shape={samples.shape}"
        )
    _check_finite("samples", samples)
    if value_range is None:
        value_range = _range_of(samples)
    value_range = check_range("value_range", value_range)
    if samples.ndim == 4:
        is_drawn = samples.dtype == np.uint8
        images = samples if is_drawn else np.clip(samples, *value_range)
        save_image_grid(path, images, value_range, num_columns, scale=scale)
    elif samples[0].size == 1:
        save_numbers(path, samples.ravel(), value_range, scale)
    elif samples.shape[1:] == (2,):
        save_points(path, samples, value_range, scale)
    else:
        signals = samples.reshape(*samples.shape[:2], -1)
        save_lines(path, signals, value_range, num_columns, scale)


def save_images(
    folder: str | os.PathLike[str],
    images: FloatArray,
    value_range: tuple[float, float] | None = None,
) -> None:
    """Writes each image as a PNG file of its own, all of them or none.

    When to use it: for programs that read folders of pictures. They are in the images'
    own size, `00000.png` and so on.

    Args:
        folder: path of a folder that is not there yet, or empty.
        images: as in `image_grid`.
        value_range: pair of finite floats, the lower first, that become black and
            white; what lies outside is clipped. `None` takes the least and the greatest
            value. Defaults to `None`.

    Raises:
        FileExistsError: if the folder holds anything, or is a file.
        ImportError: if Pillow is not installed.
        ValueError: as `image_grid` does.

    Example:
    ```python
    kg.visualization.save_images("samples", gan.sample(1_000, seed=0), (0.0, 1.0))
    ```
    """
    images = np.asarray(images)
    _check_images(images)
    _check_finite("images", images)
    check_new_folder("folder", folder)
    limits = _range_of(images) if value_range is None else value_range
    limits = check_range("value_range", limits)
    is_bytes = images.dtype == np.uint8
    if is_bytes:
        _check_bytes(images)
    with replacing(folder) as partial:
        partial.mkdir()
        for index, image in enumerate(images):
            clipped = image if is_bytes else np.clip(image, *limits)
            drawable = _drawable(clipped[np.newaxis])
            (one,) = drawable if is_bytes else _to_bytes(drawable, limits)
            drawn = one[..., 0] if one.shape[-1] == 1 else one
            (partial / f"{index:05}.png").write_bytes(png_of(drawn))


def image_grid(
    images: FloatArray,
    value_range: tuple[float, float] = (0.0, 1.0),
    num_columns: int | None = None,
    padding: int = 2,
    framed: Collection[int] = (),
) -> Array:
    """Lays images out on a grid, row by row, as pixels ready to be saved.

    Images smaller than 28 pixels are enlarged by a whole factor, so that a person can
    look at them. Values a little outside `value_range` are clipped. One channel is gray
    and three are colors; of other numbers each is a gray picture, beside the one
    before.

    Args:
        images: float array `[num_images, height, width, channels]`, or a uint8 one,
            which is pixels from 0 to 255 already, whatever `value_range` says.
        value_range: pair of finite floats, the lower first, that become black and
            white. No value may miss it by more than a quarter of its width: what a
            generator that ends in tanh makes lies in `(-1, 1)`.
            Defaults to `(0.0, 1.0)`.
        num_columns: int, at least 1, or `None` for a square grid. Defaults to `None`.
        padding: int, at least 0, pixels between images. Defaults to `2`.
        framed: indices of images that get a colored frame in the padding, which makes
            the grid a color picture. Defaults to `()`.

    Returns:
        pixels: uint8 array `[grid_height, grid_width]`, or `[grid_height, grid_width,
        3]` for colors, as `PIL.Image.fromarray` and matplotlib take them.

    Raises:
        ValueError: if `images` has another rank, is empty or not finite, if
            `value_range` is no range or not that of the images, or if a number is too
            small.

    Example:
    >>> image_grid(np.zeros((4, 28, 28, 1))).shape
    (62, 62)
    >>> image_grid(np.zeros((4, 28, 28, 3))).shape
    (62, 62, 3)
    """
    _check_images(images)
    if num_columns is None:
        num_columns = math.ceil(math.sqrt(len(images)))
    check_positive_integer("num_columns", num_columns)
    check_integer("padding", padding)
    tiles = _enlarge(_to_bytes(_drawable(images), value_range))
    if len(framed) and tiles.shape[-1] == 1:
        tiles = tiles.repeat(3, axis=-1)
    num_rows = -(-len(tiles) // num_columns)
    height, width = tiles.shape[1] + padding, tiles.shape[2] + padding
    grid = np.full(
        (num_rows * height + padding, num_columns * width + padding, tiles.shape[-1]),
        fill_value=128,
        dtype="uint8",
    )
    for index, tile in enumerate(tiles):
        row, column = divmod(index, num_columns)
        top, left = row * height + padding, column * width + padding
        if index in framed:
            frame = grid[top - padding : top + height, left - padding : left + width]
            frame[...] = _FRAME_COLOR
        grid[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return grid[..., 0] if grid.shape[-1] == 1 else grid


def save_image_grid(
    path: str | os.PathLike[str],
    images: FloatArray,
    value_range: tuple[float, float] = (0.0, 1.0),
    num_columns: int | None = None,
    framed: Collection[int] = (),
    scale: int = 1,
) -> None:
    """Writes a grid of images as a PNG file, whole or not at all.

    Args:
        path: of the file; its folder is created.
        images: as in `image_grid`.
        value_range: as in `image_grid`. Defaults to `(0.0, 1.0)`.
        num_columns: as in `image_grid`. Defaults to `None`.
        framed: as in `image_grid`. Defaults to `()`.
        scale: int, at least 1: each pixel becomes a square of so many by so many, for
            pages that would blur a small picture. Defaults to `1`.

    Raises:
        ImportError: if Pillow is not installed.
        ValueError: if `scale` is below 1, or as `image_grid` does.
    """
    check_positive_integer("scale", scale)
    pixels = image_grid(images, value_range, num_columns, framed=framed)
    png = png_of(pixels.repeat(scale, axis=0).repeat(scale, axis=1))
    with replacing(path) as partial:
        partial.write_bytes(png)


def save_image_rows(
    path: str | os.PathLike[str],
    rows: Mapping[str, FloatArray],
    value_range: tuple[float, float] = (0.0, 1.0),
) -> None:
    """Writes rows of images with their names as a PNG file, whole or not at all.

    When to use it: to lay samples of several generators one under the other.

    Args:
        path: of the file; its folder is created.
        rows: arrays as `image_grid` takes them by name, as many images in each.
        value_range: as in `image_grid`. Defaults to `(0.0, 1.0)`.

    Raises:
        ImportError: if matplotlib is not installed.
        ValueError: if rows differ in shape or there is none, or as `image_grid` does.

    Example:
    ```python
    rows = {name: gan.sample(10, seed=0) for name, gan in gans.items()}
    kg.visualization.save_image_rows("samples.png", rows)
    ```
    """
    shapes = {name: images.shape for name, images in rows.items()}
    if len(set(shapes.values())) != 1:
        raise ValueError(
            "`rows` must hold one row or more, of as many images of one shape. "
            f"Received shapes: {shapes}"
        )
    num_columns = next(iter(shapes.values()))[0]
    images = np.concatenate([*rows.values()])
    save_named_rows(path, image_grid(images, value_range, num_columns), [*rows])


def png_of(pixels: Array) -> bytes:
    """Returns what a PNG file of pixels holds.

    Args:
        pixels: uint8 array `[height, width]` or `[height, width, 3]`, as `image_grid`
            returns them.

    Raises:
        ImportError: if Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            "Pictures need Pillow: pip install keras-gan[pictures]"
        ) from error
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format="PNG")
    return content.getvalue()


def save_nearest_neighbors(
    path: str | os.PathLike[str],
    samples: FloatArray,
    training_images: FloatArray,
    value_range: tuple[float, float] = (0.0, 1.0),
    num_columns: int = 5,
    scale: int = 1,
) -> None:
    """Writes rows of samples, each row's last one beside its nearest training image.

    Figure 2 of 2014. That the framed image differs from the sample to its left shows
    that training images were not copied pixel by pixel; it shows no more than that.

    Args:
        path: of the PNG file; its folder is created.
        samples: float array `[num_samples, height, width, channels]`, whole rows; or
            uint8, pixels from 0 to 255.
        training_images: array of such images, of the same dtype where that is uint8;
            nearest is least Euclidean distance.
        value_range: pair of floats that become black and white; what lies outside is
            clipped. Defaults to `(0.0, 1.0)`.
        num_columns: int, at least 1, samples in a row. Defaults to `5`.
        scale: as in `save_image_grid`. Defaults to `1`.

    Raises:
        TypeError: if one of the two is uint8 and the other is not.
        ValueError: if the samples do not fill whole rows.
        ImportError: if Pillow is not installed.
    """
    from sklearn.neighbors import NearestNeighbors

    check_positive_integer("num_columns", num_columns)
    if not len(samples) or len(samples) % num_columns:
        raise ValueError(
            f"`samples` must fill rows of num_columns={num_columns}. Received: "
            f"{len(samples)} samples"
        )
    if (samples.dtype == np.uint8) != (training_images.dtype == np.uint8):
        raise TypeError(
            "`samples` and `training_images` must both be uint8, or neither. Received: "
            f"{samples.dtype} and {training_images.dtype}"
        )
    # [rows, columns, height, width, channels]
    rows = np.reshape(samples, (-1, num_columns, *samples.shape[1:]))
    search = NearestNeighbors(n_neighbors=1, algorithm="brute")
    search.fit(training_images.reshape(len(training_images), -1))
    last = rows[:, -1].reshape(len(rows), -1)
    neighbors = training_images[search.kneighbors(last, return_distance=False)]
    pictures = np.concatenate([rows, neighbors], axis=1)
    framed = range(num_columns, len(rows) * (num_columns + 1), num_columns + 1)
    images = pictures.reshape(-1, *samples.shape[1:])
    if images.dtype != np.uint8:
        images = np.clip(images, *value_range)
    save_image_grid(path, images, value_range, num_columns + 1, framed, scale)


def latent_path(corners: FloatArray, num_steps: int) -> FloatArray:
    """Walks straight from each latent vector to the next one.

    Figure 3 of 2014: images along the way change without a jump.

        latents[i * n + t] = corners[i] + t / n * (corners[i + 1] - corners[i])

    Args:
        corners: array `[num_corners, latent_dim]`, at least two.
        num_steps: int, at least 1, from one corner to the next.

    Returns:
        latents: float32 array `[(num_corners - 1) * num_steps + 1, latent_dim]`, both
        ends included.

    Raises:
        ValueError: if there are fewer than two corners.

    Example:
    >>> latent_path(np.array([[0.0], [2.0], [1.0]]), 2).ravel().tolist()
    [0.0, 1.0, 2.0, 1.5, 1.0]
    """
    check_positive_integer("num_steps", num_steps)
    if corners.ndim != 2 or len(corners) < 2:
        raise ValueError(
            "`corners` must have shape [num_corners, latent_dim] with at least two. "
            f"Received: corners.shape={corners.shape}"
        )
    places = np.linspace(0, len(corners) - 1, (len(corners) - 1) * num_steps + 1)
    walked = [
        np.interp(places, np.arange(len(corners)), coordinate)
        for coordinate in np.asarray(corners, "float64").T
    ]
    return np.stack(walked, axis=1).astype("float32")


def latent_arc(ends: FloatArray, num_steps: int) -> FloatArray:
    """Walks from one latent vector to another along an arc.

    For normal latents, whose lengths hardly vary: in the middle of a straight line
    between two of them lies a vector that is shorter than any that was trained on.

        latents[t] = (sin((1 - t/n) w) ends[0] + sin(t/n w) ends[1]) / sin(w)

    with w the angle between the two.

    Args:
        ends: array `[2, latent_dim]`; of vectors on one line the way is straight.
        num_steps: int, at least 1.

    Returns:
        latents: float32 array `[num_steps + 1, latent_dim]`, both ends included.

    Raises:
        ValueError: if there are not two ends.

    Example:
    >>> print(latent_arc(np.array([[2.0, 0.0], [0.0, 2.0]]), 2))
    [[2.        0.       ]
     [1.4142135 1.4142135]
     [0.        2.       ]]
    """
    check_positive_integer("num_steps", num_steps)
    if ends.ndim != 2 or len(ends) != 2:
        raise ValueError(
            f"`ends` must have shape [2, latent_dim]. Received: ends.shape={ends.shape}"
        )
    start, end = np.asarray(ends, "float64")
    lengths = np.linalg.norm(start) * np.linalg.norm(end)
    angle = np.arccos(np.clip(start @ end / lengths, -1, 1)) if lengths > 0 else 0.0
    if np.sin(angle) < _SMALLEST_SINE:
        return latent_path(ends, num_steps)
    shares = np.linspace(0, 1, num_steps + 1)[:, np.newaxis]
    weights = np.sin((1 - shares) * angle), np.sin(shares * angle)
    walked = (weights[0] * start + weights[1] * end) / np.sin(angle)
    return walked.astype("float32")


def _drawable(images: FloatArray) -> FloatArray:
    """Images of one or three channels: others lie beside each other."""
    num, height, width, channels = images.shape
    if channels in (1, 3):
        return images
    one_by_one = np.moveaxis(images, -1, 2)  # [num, height, channels, width]
    return one_by_one.reshape(num, height, channels * width, 1)


def _check_bytes(images: Array) -> None:
    if images.max() == 1:
        raise ValueError(
            "`images` of uint8 are pixels from 0 to 255. Received: 0 and 1 alone, "
            "which would be black; multiply them by 255, or pass floats."
        )


def _to_bytes(images: FloatArray, value_range: tuple[float, float]) -> Array:
    low, high = check_range("value_range", value_range)
    if images.dtype == np.uint8:
        _check_bytes(images)
        return np.asarray(images)
    _check_finite("images", images)
    _check_near(images, (low, high))
    scaled = (np.asarray(images, "float64") - low) / (high - low)
    return np.round(255 * np.clip(scaled, 0, 1)).astype("uint8")


def _check_near(images: FloatArray, value_range: tuple[float, float]) -> None:
    """Raises where pictures would come out black and white that are neither."""
    found = float(np.min(images)), float(np.max(images))
    if _is_near(value_range, found):
        return
    usual = (one for one in _RANGES if _is_near(one, found))
    likely = next(usual, _range_of(images))
    (low, high), (least, most) = value_range, found
    raise ValueError(
        "`value_range` must be the range of `images`, whose ends become black and "
        f"white. Received: value_range=({low:g}, {high:g}), images from {least:g} to "
        f"{most:g}. Pass value_range=({likely[0]:g}, {likely[1]:g}), or clip what lies "
        f"outside: np.clip(images, {low:g}, {high:g})."
    )


def _is_near(value_range: tuple[float, float], found: tuple[float, float]) -> bool:
    (low, high), (least, most) = value_range, found
    slack = _SLACK * (high - low)
    return low - slack <= least and most <= high + slack


def _check_images(images: FloatArray) -> None:
    if images.ndim != 4 or not images.size:
        raise ValueError(
            "`images` must have shape [num_images, height, width, channels]. Received: "
            f"images.shape={images.shape}"
        )


def _check_finite(name: str, samples: FloatArray) -> None:
    if not np.isfinite(samples).all():
        broken = ~np.isfinite(samples).reshape(len(samples), -1).all(axis=1)
        raise ValueError(
            f"`{name}` must be finite: NaN cannot be drawn. Received: NaN or infinity "
            f"in {broken.sum()} of {len(samples)} {data_name_of(samples.shape[1:])}, "
            f"the first at index {broken.argmax()}"
        )


def _range_of(samples: FloatArray) -> tuple[float, float]:
    low, high = float(samples.min()), float(samples.max())
    return (low, high) if low < high else (low - 0.5, low + 0.5)


def _enlarge(tiles: Array) -> Array:
    factor = -(-_SMALLEST_SIDE // min(tiles.shape[1:3]))
    return tiles.repeat(factor, axis=1).repeat(factor, axis=2)
