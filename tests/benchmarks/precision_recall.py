"""Neighbor measures at their published anchor: value and time.

The package `prdc` states what one draw of two sets of 10,000 standard normal points in
1,000 dimensions gave with k = 5: precision 0.4772, recall 0.4705, density 1.0555,
coverage 0.9735. The script draws the sets anew and fails where a value is further from
the published one than four times the deviation of a difference of two draws.

    python tests/benchmarks/precision_recall.py --output-dir runs/bench
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np

from keras_gan._environment import record_environment
from keras_gan._files import write_json
from keras_gan.evaluation.density_coverage import density_coverage
from keras_gan.evaluation.precision_recall import precision_recall

NUM_POINTS, DIM, K = 10_000, 1_000, 5
PUBLISHED = {
    "precision": 0.4772,
    "recall": 0.4705,
    "density": 1.0555,
    "coverage": 0.9735,
}
# Standard deviations over 16 draws by a NumPy script of its own in float32, whose means
# were 0.4770, 0.4793, 0.9918 and 0.9671. They are large because a few points near the
# middle are neighbors of very many.
DEVIATIONS = {
    "precision": 0.0095,
    "recall": 0.0089,
    "density": 0.047,
    "coverage": 0.0050,
}


def measure(seed: int) -> dict[str, float]:
    """Values of one draw, and the seconds that they took."""
    real, fake = np.random.default_rng(seed).normal(size=(2, NUM_POINTS, DIM))
    start = time.perf_counter()
    values = precision_recall(real=real, fake=fake, k=K).values
    values |= density_coverage(real=real, fake=fake, k=K).values
    return {**values, "seconds": time.perf_counter() - start}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    options = parser.parse_args()
    measured = measure(options.seed)
    for name, published in PUBLISHED.items():
        print(f"{name:10} {measured[name]:.4f}  published {published:.4f}")
    print(f"{'seconds':10} {measured['seconds']:.1f}")
    options.output_dir.mkdir(parents=True, exist_ok=True)
    record = {**measured, "seed": options.seed, "environment": record_environment()}
    write_json(options.output_dir / "precision_recall.json", record)
    far = [
        name
        for name, published in PUBLISHED.items()
        if abs(measured[name] - published) > 4 * math.sqrt(2) * DEVIATIONS[name]
    ]
    if far:
        raise SystemExit(f"Too far from the published values: {', '.join(far)}")


if __name__ == "__main__":
    main()
