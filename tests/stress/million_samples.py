"""A million samples scored by two workers of Ray Data, and by one process alone.

    pip install ".[ray]"
    python tests/stress/million_samples.py
    python tests/stress/million_samples.py --num-samples 20000

An untrained generator of digits draws, the digit classifier describes: the worth of the
samples does not matter, but that both ways find the same Frechet distance, and that
neither needs more memory for more samples. Memory is that of the largest process that
draws, read as it describes a batch.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from memory import resident

SHAPE, LATENT_DIM, CHUNK_SIZE, NUM_WORKERS = (28, 28, 1), 100, 1_000, 2
MOST_APART = 1e-6  # as a share of the distance


class WatchedClassifier:
    """The digit classifier, which notes the memory of its process at every batch."""

    def __init__(self, folder: Path) -> None:
        import keras_gan as kg

        self.classifier = kg.evaluation.load_digit_classifier()
        self.log = folder / f"{os.getpid()}.txt"

    def __call__(self, images):
        with self.log.open("a") as log:
            print(f"{resident():.2f}", file=log)
        return self.classifier(images)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--num-samples", type=int, default=1_000_000)
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras_gan as kg

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = digits_generator(kg, folder)
        found = {}
        for way, describe in {"two workers": by_ray, "one process": alone}.items():
            logs = folder / way
            logs.mkdir()
            begun = time.monotonic()
            found[way] = describe(kg, file, args.num_samples, logs)
            minutes = (time.monotonic() - begun) / 60
            print(f"{way}: {minutes:.1f} minutes, {memory_of(logs)}", flush=True)
    real = kg.evaluation.FeatureMoments.of(
        np.random.default_rng(0).normal(size=(1_000, len(found["one process"].mean)))
    )
    one, other = (moments.frechet_distance(real) for moments in found.values())
    apart = abs(one / other - 1)
    print(f"Frechet distances {one:.9g} and {other:.9g}: {apart:.1e} apart")
    return int(apart > MOST_APART)


def digits_generator(kg, folder: Path) -> Path:
    gan = kg.GAN(
        kg.networks.dcgan_generator(LATENT_DIM, SHAPE, base_filters=8, seed=1),
        kg.networks.dcgan_discriminator(SHAPE, base_filters=4, seed=2),
        kg.priors.NormalPrior(LATENT_DIM),
    )
    gan.save(folder / "gan.keras")
    return folder / "gan.keras"


def by_ray(kg, file, num_samples, logs):
    return kg.runs.moments_with_ray(
        file,
        num_samples,
        lambda: WatchedClassifier(logs),
        chunk_size=CHUNK_SIZE,
        num_workers=NUM_WORKERS,
    )


def alone(kg, file, num_samples, logs):
    samples = kg.load(file).sample_stream(num_samples, 0, CHUNK_SIZE)
    return kg.evaluation.moments_of(samples, WatchedClassifier(logs))


def memory_of(logs: Path) -> str:
    """Megabytes of the largest process at a tenth of its way, and at its end."""
    runs = [np.loadtxt(path, ndmin=1) for path in logs.iterdir()]
    largest = max(runs, key=np.max)
    early, late = largest[len(largest) // 10], largest[-1]
    return f"{early:.0f} MB after a tenth, {late:.0f} MB at the end"


if __name__ == "__main__":
    sys.exit(main())
