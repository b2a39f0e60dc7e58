"""Features of samples: computed once, named, checked, shared by all measures."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan._validation import check_positive_integer
from keras_gan.evaluation._arrays import different_ranges, flat_rows, value_range

_UNNAMED = "unnamed array"
# Names of the samples themselves, by their axes; those of a range of their own first.
_PIXELS, _SIGNALS, _VECTORS = "pixels", "signals", "vectors"


@dataclasses.dataclass(frozen=True, eq=False)
class Features:
    """What a feature function saw in a set of samples.

    Compute it once with `extract_features` and hand it to as many measures as you like;
    they record its name. Values are kept as they come, and moments are taken in
    float64.

    Args:
        values: float array `[num, dim]`; more axes are flattened.
        name: str, of the feature function: values of two functions do not compare.
            Defaults to `"unnamed array"`.
        probabilities: float array `[num, num_classes]`, what a classifier says of the
            same samples, or `None`. Defaults to `None`.

    Raises:
        ValueError: if there is no sample, a value is not finite, or `probabilities` are
            not one distribution for each sample.

    Example:
    >>> features = Features(np.eye(3), name="identity")
    >>> len(features), features.dim
    (3, 3)
    """

    values: FloatArray
    name: str = _UNNAMED
    probabilities: FloatArray | None = None

    def __post_init__(self) -> None:
        values = flat_rows("values", self.values)
        object.__setattr__(self, "values", values)
        if self.probabilities is None:
            return
        probabilities = check_probabilities("probabilities", self.probabilities)
        if len(probabilities) != len(values):
            raise ValueError(
                "`probabilities` must hold one row for each sample. Received: "
                f"{len(probabilities)} rows for {len(values)} samples"
            )
        object.__setattr__(self, "probabilities", probabilities)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def dim(self) -> int:
        """Length of one feature vector."""
        return self.values.shape[1]


def extract_features(
    images: Array,
    network: Callable[[Any], Any] | None = None,
    name: str | None = None,
    batch_size: int = 500,
) -> Features:
    """Runs a feature function over images, signals or vectors in batches.

    Args:
        images: array `[num, …]`, in the range that `network` was made for.
        network: function or Keras model from a batch of them to `[batch, …]` features,
            or to a dict with `"features"` and the class `"probabilities"`; `None` takes
            the numbers themselves, as `"pixels"`, `"signals"` or `"vectors"`. A Keras
            model is called in inference mode. Defaults to `None`.
        name: str, for the record; `None` takes the network's own `name`.
            Defaults to `None`.
        batch_size: int, rows in a batch. Defaults to `500`.

    Returns:
        features: `Features` `[num, dim]`.

    Raises:
        ValueError: if there is no row, a feature is not finite, or `network` returns
            several outputs without names or not a row for each.

    Example:
    >>> images = np.random.default_rng(0).uniform(size=(20, 8, 8, 1))
    >>> extract_features(images).values.shape
    (20, 64)
    >>> def row_means(batch):
    ...     return batch.mean(axis=(2, 3))
    >>> features = extract_features(images, row_means)
    >>> features.name, features.values.shape
    ('row_means', (20, 8))
    """
    images = np.asarray(images)
    check_positive_integer("batch_size", batch_size)
    name = name or features_name(images, network)
    if network is None:
        return Features(flat_rows("images", images), name)
    batches = [
        _outputs(network, images[start : start + batch_size])
        for start in range(0, len(images), batch_size)
    ]
    if not batches:
        raise ValueError("`images` must hold at least one row. Received: none")
    joined = {key: np.concatenate([b[key] for b in batches]) for key in batches[0]}
    return Features(joined["features"], name, joined.get("probabilities"))


def features_name(images: Array, network: Callable[[Any], Any] | None) -> str:
    """Returns the name that features get where nobody names them."""
    if network is None:
        return {3: _SIGNALS, 2: _VECTORS}.get(images.ndim, _PIXELS)
    names = getattr(network, "name", None), getattr(network, "__name__", None)
    return next(filter(None, names), type(network).__name__)


def as_features(name: str, values: "Features | Array") -> Features:
    """Returns `values` as `Features`; errors speak of the argument `name`."""
    if isinstance(values, Features):
        return values
    return Features(flat_rows(name, values))


def check_two_sets(
    real: "Features | Array", fake: "Features | Array", minimum: int = 2
) -> tuple[Features, Features, tuple[str, ...]]:
    """Returns both sets as `Features`, with what makes comparing them doubtful.

    Args:
        real: `Features` or array `[num_real, …]`.
        fake: `Features` or array `[num_fake, …]`.
        minimum: int, rows that each set must have. Defaults to `2`.

    Raises:
        ValueError: if a set has too few rows or values that are not finite, the
            dimensions differ, or two named feature functions differ.
    """
    real, fake = as_features("real", real), as_features("fake", fake)
    for name, features in (("real", real), ("fake", fake)):
        if len(features) < minimum:
            raise ValueError(
                f"`{name}` must hold at least {minimum} rows. Received: {len(features)}"
            )
    if real.dim != fake.dim:
        raise ValueError(
            "`real` and `fake` must have features of one length. Received: "
            f"real.dim={real.dim}, fake.dim={fake.dim}"
        )
    if real.name != fake.name:
        raise ValueError(
            "`real` and `fake` must come from one feature function. Received: "
            f"real.name={real.name!r}, fake.name={fake.name!r}"
        )
    return real, fake, (*_constant(real=real, fake=fake), *range_warnings(real, fake))


def range_warnings(real: Features, fake: Features) -> tuple[str, ...]:
    """Says so where pixels of two sets cannot have one range, `[0, 1]` and `[-1, 1]`.

    So it is with signals. Vectors and other features have no range of their own:
    nothing is said of them. Arrays without a name count as pixels where both lie in
    [-1, 1].
    """
    ranges = {"real": value_range(real.values), "fake": value_range(fake.values)}
    in_unit = all(-1 <= low and high <= 1 for low, high in ranges.values())
    ranged = real.name in (_PIXELS, _SIGNALS) or (real.name == _UNNAMED and in_unit)
    if not ranged:
        return ()
    warning = different_ranges(**ranges)
    return (warning,) if warning else ()


def check_probabilities(name: str, probabilities: Array) -> FloatArray:
    """Returns class probabilities; raises unless each row is a distribution."""
    probabilities = flat_rows(name, probabilities)
    if np.any(probabilities < 0) or not np.allclose(
        probabilities.sum(axis=1, dtype="float64"), 1, atol=1e-3
    ):
        raise ValueError(
            f"`{name}` must hold rows of probabilities that sum to 1. Received: values "
            f"from {probabilities.min():.4g} to {probabilities.max():.4g}; pass the "
            "softmax of logits."
        )
    return probabilities


def _outputs(network: Callable[[Any], Any], batch: Array) -> dict[str, FloatArray]:
    call = getattr(network, "predict_on_batch", network)
    outputs = call(batch)
    if isinstance(outputs, list | tuple):
        raise ValueError(
            "`network` must return features, or a dict with 'features'. Received: a "
            f"{type(outputs).__name__} of {len(outputs)}; say which of them."
        )
    if not isinstance(outputs, dict):
        outputs = {"features": outputs}
    if "features" not in outputs:
        raise ValueError(
            "`network` must return features, or a dict with 'features'. Received: a "
            f"dict of {[*outputs]}"
        )
    rows = {key: np.asarray(value) for key, value in outputs.items()}
    if any(len(np.atleast_1d(value)) != len(batch) for value in rows.values()):
        raise ValueError(
            f"`network` must return a row for each of {len(batch)}. Received: "
            f"{ {key: value.shape for key, value in rows.items()} }"
        )
    return rows


def _constant(**sets: Features) -> tuple[str, ...]:
    return tuple(
        f"`{name}` has {num_constant} constant features of {features.dim}."
        for name, features in sets.items()
        if (num_constant := int(np.sum(np.ptp(features.values, axis=0) == 0)))
        and features.name not in (_PIXELS, _SIGNALS, _VECTORS)
    )
