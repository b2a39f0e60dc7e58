"""One picture as bytes: upright, without transparency, no larger than was allowed."""

import contextlib
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._types import Array, Shape
from keras_gan.datasets._budget import Budget

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".webp"})
_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "WEBP")
_ORIENTATION = 0x0112  # of Exif
_ON_THEIR_SIDE = (5, 6, 7, 8)
_WHITE = 255
_GRAY = ("1", "L", "LA", "La")
_WITH_ALPHA = ("LA", "La", "PA", "RGBA", "RGBa")
MAX_PIXELS = 2**26  # 8192 x 8192, 2 GB in colors while it is resized
_AT_ONCE = Budget(MAX_PIXELS)


class UnreadablePictureError(ValueError):
    """Why a picture cannot be read, without its name."""


@contextlib.contextmanager
def any_size() -> Iterator[None]:
    """Pillow's own bound, which warns first and then refuses, is not asked here.

    Raises:
        ImportError: if Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            "Pictures need Pillow: pip install keras-gan[pictures]"
        ) from error
    with _PILLOWS_BOUND.lifted(Image):
        yield


class _Bound:
    """A number of the whole process, lifted while any thread needs it so."""

    def __init__(self) -> None:
        self._lock, self._num_users, self._before = threading.Lock(), 0, None

    @contextlib.contextmanager
    def lifted(self, module: Any) -> Iterator[None]:
        with self._lock:
            if not self._num_users:
                self._before = module.MAX_IMAGE_PIXELS
            self._num_users += 1
            module.MAX_IMAGE_PIXELS = None
        try:
            yield
        finally:
            with self._lock:
                self._num_users -= 1
                if not self._num_users:
                    module.MAX_IMAGE_PIXELS = self._before


_PILLOWS_BOUND = _Bound()


def shape_of(path: Path, max_pixels: int) -> Shape:
    """Height, width and channels of a picture that stands upright, by its header.

    Raises:
        UnreadablePictureError: if it has none, or more than `max_pixels`.
    """
    with contextlib.ExitStack() as stack:
        picture = stack.enter_context(_opened(path, max_pixels))
        # Exif may stand after a PNG's pixels, which Pillow unpacks on its way there.
        stack.enter_context(_AT_ONCE.taken(math.prod(picture.size)))
        width, height = picture.size
        if picture.getexif().get(_ORIENTATION) in _ON_THEIR_SIDE:
            width, height = height, width
        is_gray = picture.mode in _GRAY or _is_deep(picture)
        return height, width, 1 if is_gray else 3


@contextlib.contextmanager
def picture_read(path: Path, channels: int, max_pixels: int) -> Iterator[Array]:
    """A picture, of an animation the first one, while there is memory for it.

    Within the block it counts as unpacked: other threads wait where all of them have
    `MAX_PIXELS` pixels.

    Args:
        path: of the file.
        channels: int, `1` for gray levels (ITU-R 601) or `3` for colors.
        max_pixels: int, as in `shape_of`.

    Yields:
        pixels: uint8 array `[height, width, channels]`, turned as Exif says, and white
        where it is transparent.

    Raises:
        UnreadablePictureError: if it is damaged, or has more than `max_pixels`.
    """
    with contextlib.ExitStack() as stack:
        with _opened(path, max_pixels) as picture:
            stack.enter_context(_AT_ONCE.taken(math.prod(picture.size)))
            pixels = _pixels_of(picture, channels)
        del picture  # Pillow's copy
        yield pixels


def _pixels_of(picture: Any, channels: int) -> Array:
    from PIL import ImageOps

    upright = _opaque(_of_bytes(ImageOps.exif_transpose(picture)))
    pixels = np.asarray(upright.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(*pixels.shape[:2], channels)


@contextlib.contextmanager
def _opened(path: Path, max_pixels: int) -> Iterator[Any]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > max_pixels:
                raise UnreadablePictureError(
                    f"its {width} x {height} pixels are more than `max_pixels`, "
                    f"{max_pixels:,}"
                )
            yield picture
    except (FileNotFoundError, PermissionError, UnreadablePictureError):
        raise
    except UnidentifiedImageError as error:
        raise UnreadablePictureError("it is of no format that is read here") from error
    # Pillow lets through whatever its parsing of damaged bytes ends in.
    except Exception as error:
        raise UnreadablePictureError(f"damaged: {error!r}") from error


def _is_deep(picture: Any) -> bool:
    """Whether it has gray levels of more than a byte: Pillow would clip them."""
    return bool(picture.mode.startswith("I"))


def _of_bytes(picture: Any) -> Any:
    from PIL import Image

    if not _is_deep(picture):
        return picture
    levels = np.asarray(picture).astype("int64")
    pixels = np.clip(levels >> 8, 0, 255)  # of two bytes the higher
    transparent = picture.info.get("transparency")
    if transparent is not None:
        pixels[levels == transparent] = _WHITE
    return Image.fromarray(pixels.astype("uint8"))


def _opaque(picture: Any) -> Any:
    from PIL import Image

    if picture.mode not in _WITH_ALPHA and "transparency" not in picture.info:
        return picture
    with_alpha = picture.convert("RGBA")
    white = Image.new("RGBA", with_alpha.size, "white")
    return Image.alpha_composite(white, with_alpha)
