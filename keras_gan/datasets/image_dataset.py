"""Images to learn from: three splits in one stated range."""

import dataclasses

import numpy as np

from keras_gan._types import Array, FloatArray, Shape


@dataclasses.dataclass(frozen=True)
class ImageSplit:
    """One part of a dataset.

    Args:
        images: float32 array of shape `[num_images, height, width, channels]`.
        labels: integer array of shape `[num_images]`, or `None` where the data have
            no classes. Defaults to `None`.
    """

    images: FloatArray
    labels: Array | None = None

    def __len__(self) -> int:
        return len(self.images)


@dataclasses.dataclass(frozen=True)
class ImageDataset:
    """Training, validation and test images with their shape and value range.

    The range is stated, not guessed: generators are built for it, pictures are drawn
    with it, and a log-likelihood means nothing without it. Everything is checked once,
    here, so that later code can rely on it.

    Args:
        name: str, used in records, e.g. `"mnist"`.
        train: `ImageSplit` that the game is played on.
        valid: `ImageSplit` that hyper-parameters are chosen on.
        test: `ImageSplit` that results are reported on.
        value_range: pair of floats `(low, high)`; every pixel lies in it.
            Defaults to `(0.0, 1.0)`.

    Raises:
        TypeError: if images are not float32.
        ValueError: if a split is empty, shapes differ, images and labels differ in
            number, or pixels are NaN or outside `value_range`.

    Example:
    >>> images = np.zeros((6, 8, 8, 1), "float32")
    >>> split = ImageSplit(images, labels=np.arange(6))
    >>> data = ImageDataset("zeros", train=split, valid=split, test=split)
    >>> data.image_shape, data.value_range
    ((8, 8, 1), (0.0, 1.0))
    """

    name: str
    train: ImageSplit
    valid: ImageSplit
    test: ImageSplit
    value_range: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        for name in ("train", "valid", "test"):
            self._check_split(name, getattr(self, name))

    @property
    def image_shape(self) -> Shape:
        """Shape of one image, `(height, width, channels)`."""
        return tuple(self.train.images.shape[1:])

    def _check_split(self, name: str, split: ImageSplit) -> None:
        images = split.images
        if images.dtype != np.float32:
            raise TypeError(
                f"`{name}.images` must be float32. Received: dtype={images.dtype}"
            )
        if images.ndim != 4 or not len(images):
            raise ValueError(
                f"`{name}.images` must have shape [num_images, height, width, "
                f"channels] with at least one image. Received: shape={images.shape}"
            )
        if tuple(images.shape[1:]) != self.image_shape:
            raise ValueError(
                f"`{name}.images` must have the image shape of `train.images`, "
                f"{self.image_shape}. Received: {tuple(images.shape[1:])}"
            )
        check_value_range(f"{name}.images", images, self.value_range)
        if split.labels is not None and split.labels.shape != (len(images),):
            raise ValueError(
                f"`{name}.labels` must hold one label for each image. Received: "
                f"{len(images)} images, labels.shape={split.labels.shape}"
            )


def check_value_range(
    name: str, images: FloatArray, value_range: tuple[float, float]
) -> None:
    """Raises `ValueError` unless all pixels are finite and lie in `value_range`."""
    low, high = value_range
    smallest, largest = float(np.min(images)), float(np.max(images))
    if not np.isfinite(smallest) or not np.isfinite(largest):
        raise ValueError(
            f"`{name}` must be finite. Received: NaN or infinite pixels; remove or "
            "repair those images."
        )
    if smallest < low or largest > high:
        raise ValueError(
            f"`{name}` must lie in the stated value_range [{low}, {high}]. Received: "
            f"pixels from {smallest} to {largest}; rescale them or state their range."
        )
