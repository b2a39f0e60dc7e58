"""Samples that several processes of Ray draw and describe."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._validation import check_positive_integer, check_seed
from keras_gan.evaluation.feature_moments import FeatureMoments, moments_of

_PART = "part"


def moments_with_ray(
    path: str | os.PathLike[str],
    num_samples: int,
    network: Callable[[], Callable[[Any], Any] | None] | None = None,
    *,
    seed: int = 0,
    chunk_size: int = 1_000,
    num_workers: int = 2,
) -> FeatureMoments:
    """Moments of the features of many samples, drawn by workers of Ray Data.

    When to use it: to score more samples than one process draws in good time. Each
    worker loads the GAN once; of a chunk of samples its moments alone come back, so
    that memory stays flat. The samples are those of `gan.sample_stream(num_samples,
    seed, chunk_size)`, whatever the number of workers.

    Args:
        path: `.keras` file of the GAN, that every worker can reach.
        num_samples: int, at least 1.
        network: function that returns the feature network, as `extract_features` takes
            it, called once in each worker, such as
            `keras_gan.evaluation.load_digit_classifier`; `None` takes pixels.
            Defaults to `None`.
        seed: int in [0, 2^31). Defaults to `0`.
        chunk_size: int, at least 1, samples in memory at once. Defaults to `1000`.
        num_workers: int, at least 1. Defaults to `2`.

    Returns:
        moments: `FeatureMoments`; `moments.frechet_distance(real)` is the score.

    Raises:
        FileNotFoundError: if there is no file at `path`.
        ImportError: if Ray is not installed.

    Example:
    ```python
    digits = kg.evaluation.load_digit_classifier
    fake = kg.runs.moments_with_ray("gan.keras", 1_000_000, digits, num_workers=8)
    print(fake.frechet_distance(kg.evaluation.moments_of([images], digits())))
    ```
    """
    check_positive_integer("num_samples", num_samples)
    check_positive_integer("chunk_size", chunk_size)
    check_positive_integer("num_workers", num_workers)
    check_seed("seed", seed)
    file = Path(path).resolve()
    if not file.is_file():
        raise FileNotFoundError(f"`path` must name a .keras file. Received: {path}")
    from keras_gan.runs.ray_engine import started_ray

    with started_ray("data") as ray:
        ray.data.DataContext.get_current().enable_progress_bars = False
        num_chunks = -(-num_samples // chunk_size)
        # Items lie in memory: reading would want a processor that the workers have.
        numbers = [{"id": number} for number in range(num_chunks)]
        parts = ray.data.from_items(numbers).map_batches(
            _Describer,
            fn_constructor_args=(file, network, num_samples, seed, chunk_size),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=num_workers),
        )
        rows = sorted(parts.take_all(), key=lambda row: row[_PART])
    return FeatureMoments.combined(
        FeatureMoments(int(row["num_rows"]), row["mean"], row["scatter"])
        for row in rows
    )


class _Describer:
    """Draws a chunk and describes it, in a worker of Ray Data."""

    def __init__(
        self, file: Path, network: Any, num_samples: int, seed: int, chunk_size: int
    ) -> None:
        from keras_gan.saving import load

        self._stream = load(file).sample_stream(num_samples, seed, chunk_size)
        self._network = None if network is None else network()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        (part,) = batch["id"]
        samples = self._stream.chunk(int(part))
        num_rows, mean, scatter = moments_of([samples], self._network)
        return {
            _PART: np.array([part]),
            "num_rows": np.array([num_rows]),
            "mean": mean[np.newaxis],
            "scatter": scatter[np.newaxis],
        }
