"""How much of a Parzen value is the luck of the samples?

    python examples/parzen_spread.py runs/mnist/best.keras runs/play_on/model.keras

The standard error of Table 1 in 2014 speaks of the test images alone. The kernels stand
on 10,000 samples, and 10,000 others give another value. This draws several sets from
each GAN, chooses a bandwidth for each by the first 1,000 validation images of MNIST,
and scores its test images: by the grid of 2014, and at the best bandwidth of all, which
the luck of the grid does not blur. The sets of all GANs are of the same seeds, and so
of the same latents: differences to the first GAN are taken set by set.

What it found of the MNIST run of 2014 is in examples/records/goodfellow2014_mnist.
"""

import argparse
from pathlib import Path
from typing import Any

import keras
import numpy as np

import keras_gan as kg
from keras_gan.datasets import Dataset
from keras_gan.runs import record_environment, write_json

NUM_SAMPLES, NUM_VALID = 10_000, 1_000
SUFFIXES = {"": "", "_at_best_bandwidth": " at the best bandwidth"}


def score_sets(
    gan: kg.GAN, data: Dataset, num_sets: int, num_samples: int
) -> list[kg.evaluation.ParzenEstimate]:
    """Returns the score of each set of samples, of the seeds 0, 1, ..."""
    progress = keras.utils.Progbar(num_sets, unit_name="set")
    scores = []
    for seed in range(num_sets):
        scores.append(
            kg.evaluation.parzen_log_likelihood(
                gan.sample(num_samples, seed=seed),
                data.valid.images[:NUM_VALID],
                data.test.images,
            )
        )
        progress.add(1)
    return scores


def spread_of(values: list[float]) -> dict[str, Any]:
    """Mean, its standard error, and standard deviation over the sets."""
    deviation = float(np.std(values, ddof=1))
    return {
        "mean": float(np.mean(values)),
        "standard_error": deviation / len(values) ** 0.5,
        "standard_deviation": deviation,
    }


def record_of(scores: list[kg.evaluation.ParzenEstimate]) -> dict[str, Any]:
    """Values of all sets and their spread, by the grid and at the best bandwidth."""
    values = [score.mean for score in scores]
    best_values = [score.mean_at_best_bandwidth for score in scores]
    return {
        "test": spread_of(values),
        "valid": spread_of([max(score.valid_means) for score in scores]),
        "bandwidths": [score.bandwidth for score in scores],
        "test_values": values,
        "test_at_best_bandwidth": spread_of(best_values),
        "valid_at_best_bandwidth": spread_of([s.best_valid_mean for s in scores]),
        "best_bandwidths": [score.best_bandwidth for score in scores],
        "test_values_at_best_bandwidth": best_values,
    }


def above_first(record: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    """Differences to the first GAN, set by set."""
    pairs = {
        suffix: (record[f"test_values{suffix}"], first[f"test_values{suffix}"])
        for suffix in SUFFIXES
    }
    return {
        f"above_first{suffix}": spread_of(list(np.subtract(*values)))
        for suffix, values in pairs.items()
    }


def report(record: dict[str, Any]) -> str:
    """Returns the spread and the difference to the first GAN, at both bandwidths."""
    lines = [
        f"{record['model']}, epoch {record['epoch']}, "
        f"{len(record['test_values'])} sets of samples"
    ]
    for suffix, where in SUFFIXES.items():
        test = record[f"test{suffix}"]
        line = (
            f"  test{where}: {test['mean']:.1f} nats, standard deviation "
            f"{test['standard_deviation']:.1f}"
        )
        if f"above_first{suffix}" in record:
            above = record[f"above_first{suffix}"]
            mean, error = above["mean"], above["standard_error"]
            line += f"; above the first: {mean:.2f} ± {error:.2f}"
        lines.append(line)
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("models", nargs="+", type=Path, metavar="MODEL.keras")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--num-sets", type=int, default=10)
    parser.add_argument("--num-samples", type=int, default=NUM_SAMPLES)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/parzen_spread"))
    options = parser.parse_args()
    if options.num_sets < 2:
        parser.error("--num-sets must be at least 2")
    data = kg.datasets.load_mnist(options.data_dir)
    records: list[dict[str, Any]] = []
    for path in options.models:
        gan = kg.load(path)
        scores = score_sets(gan, data, options.num_sets, options.num_samples)
        record = {
            "model": f"{path.parent.name}/{path.name}",
            "epoch": int(gan.epochs_completed.numpy()),
            **record_of(scores),
        }
        if records:
            record |= above_first(record, records[0])
        records.append(record)
        print(report(record), flush=True)
    options.output_dir.mkdir(parents=True, exist_ok=True)
    path = options.output_dir / "parzen_spread.json"
    protocol = {"num_samples": options.num_samples, "num_valid": NUM_VALID}
    environment = record_environment()
    write_json(
        path, {"protocol": protocol, "models": records, "environment": environment}
    )
    print(f"Written: {path}")


if __name__ == "__main__":
    main()
