"""How near completions are to what was hidden, and how various they are."""

import dataclasses
import math

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_range
from keras_gan.evaluation._given import given_values
from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class CompletionError(Score):
    """What `completion_error` measured, on pixels that were asked for.

    Args:
        rmse: float, root of the mean squared error of the mean of the completions.
        psnr: float, the same in decibels below the range.
        best_rmse: float, of the completion of each image that is nearest to it.
        best_psnr: float, the same in decibels.
        spread: float, root of the mean variance of an image's completions; NaN where
            there is one of each.
        given_share: float in [0, 1], share of given pixels that are returned bit for
            bit.
        num_images: int.
        num_completions: int, of each image.
        asked_share: float in [0, 1], share of pixels that were asked for.
        value_range: pair of floats.
    """

    quantities = (
        Quantity("completion_rmse", "rmse"),
        Quantity("completion_psnr", "psnr", better="higher"),
        Quantity("best_completion_rmse", "best_rmse"),
        Quantity("best_completion_psnr", "best_psnr", better="higher"),
        Quantity("completion_spread", "spread", better="that of the data"),
        Quantity("given_pixels_kept", "given_share", better="1"),
    )

    rmse: float
    psnr: float
    best_rmse: float
    best_psnr: float
    spread: float
    given_share: float
    num_images: int
    num_completions: int
    asked_share: float
    value_range: tuple[float, float]


def completion_error(
    *,
    images: Array,
    mask: Array,
    completions: Array,
    value_range: tuple[float, float] = (0.0, 1.0),
) -> CompletionError:
    """Compares completions with the images of which a part was hidden.

    The mean of many samples of the true conditional has the least error there is; a
    single sample has about sqrt(2) times as much, and one blurred completion may have
    less than any sample. So read the error with the spread: without it, the generator
    does not listen to its latents.

        rmse      = sqrt(mean over asked pixels of (x - mean_k c_k)^2)
        best_rmse = sqrt(mean_b min_k mean over asked pixels of b of (x_b - c_bk)^2)
        psnr      = 20 log10((high - low) / rmse)

    Args:
        images: array `[num_images, …, channels]`, whole, or vectors `[num, dim]`.
        mask: array of 1 where a pixel was given and 0 elsewhere, of the images' shape
            but for one channel (vectors: in full), for one or for each.
        completions: array `[num_images, num_completions, …]`, as `gan.complete` returns
            them.
        value_range: pair of floats, of pixels. Defaults to `(0.0, 1.0)`.

    Returns:
        error: `CompletionError`.

    Raises:
        ValueError: if shapes do not belong together, the mask holds something else, or
            an image was given whole, or values are not finite.

    Example:
    >>> images = np.zeros((2, 2, 2, 1))
    >>> mask = np.array([[1, 1], [0, 0]])[..., None]
    >>> completions = np.stack([images, images + 0.1 * (1 - mask)], axis=1)
    >>> error = completion_error(images=images, mask=mask, completions=completions)
    >>> round(error.rmse, 3), error.best_rmse, round(error.spread, 4)
    (0.05, 0.0, 0.0707)
    """
    low, high = check_range("value_range", value_range)
    images = np.asarray(images, "float64")
    completions = np.asarray(completions)
    given = _checked_mask(images, mask)
    of_images = (*completions.shape[:1], *completions.shape[2:]) == images.shape
    if completions.ndim < 3 or not completions.shape[1] or not of_images:
        raise ValueError(
            "`completions` must have shape [num_images, num_completions, …] of the "
            f"images. Received: {completions.shape} for images {images.shape}"
        )
    for name, values in (("images", images), ("completions", completions)):
        if not np.isfinite(values).all():
            raise ValueError(f"`{name}` must be finite. Received: NaN or infinity")
    asked = ~given
    kept = completions == images[:, None].astype(completions.dtype)
    squares = np.square(completions - images[:, None])
    mean_squares = np.square(completions.mean(axis=1, dtype="float64") - images)
    counts = _sums(asked)  # [num_images]
    best = (_sums(squares * asked[:, None], 2) / counts[:, None]).min(axis=1)
    rmse = math.sqrt(mean_squares[asked].mean())
    best_rmse = math.sqrt(best.mean())
    return CompletionError(
        rmse=rmse,
        psnr=_decibels(rmse, high - low),
        best_rmse=best_rmse,
        best_psnr=_decibels(best_rmse, high - low),
        spread=_spread(completions, asked),
        given_share=float(kept.all(axis=1)[given].mean()) if given.any() else 1.0,
        num_images=len(images),
        num_completions=completions.shape[1],
        asked_share=float(asked.mean()),
        value_range=(low, high),
    )


def _checked_mask(images: FloatArray, mask: Array) -> Array:
    """Which values are given, as booleans of the images' shape."""
    given = given_values(images, mask)
    if _sums(~given).min() == 0:
        raise ValueError(
            "`mask` must ask for a pixel of every image. Received: an image that was "
            "given whole"
        )
    return given


def _sums(values: Array, first_axis: int = 1) -> FloatArray:
    return np.asarray(values.sum(axis=tuple(range(first_axis, values.ndim))))


def _spread(completions: FloatArray, asked: Array) -> float:
    if completions.shape[1] < 2:
        return math.nan
    variances = completions.var(axis=1, ddof=1, dtype="float64")
    return math.sqrt(variances[asked].mean())


def _decibels(rmse: float, width: float) -> float:
    return 20 * math.log10(width / rmse) if rmse else math.inf
