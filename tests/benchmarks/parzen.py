"""Time, memory and error of the Parzen window, beside what else gives the density.

The Table 1 protocol is timed against nothing but its float32 matrix products, and one
bandwidth against scikit-learn's `KernelDensity`, which uses one core, and TFP's
`MixtureSameFamily`: in one process and strictly in turns. The figures to quote are the
ratios of medians. The two slow ones score a few points, and their times are multiplied
up to all points. Peak memory is that of fresh processes, which are fed with noise; the
long stream runs there once, and its time includes the drawing of the noise. Errors are
those against float64 distances of all pairs.

    python tests/benchmarks/parzen.py --data-dir datasets/mnist

Without `--data-dir` or `KERAS_GAN_DATA` the images are enlarged 8x8 digits with noise.
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy
import tensorflow as tf
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

import keras_gan as kg
from keras_gan._environment import record_environment
from keras_gan._files import write_json
from keras_gan._types import FloatArray
from keras_gan.datasets._data_folder import DATA_VARIABLE
from keras_gan.evaluation import ParzenWindow, parzen_log_likelihood

DIM, BANDWIDTH, CHUNK = 784, 0.1668, 10_000
ERROR_BANDWIDTHS = (0.01, 0.1, BANDWIDTH, 1.0)
PROTOCOL_RUNS = 3  # fresh processes, which show the noise in peak memory
TARGET_RATIO, TARGET_MEGABYTES = 1.5, 1_500
MIXTURE_BATCH = 10  # points whose differences to all samples lie in memory together

PROTOCOL, WINDOW = "protocol of Table 1", "ParzenWindow"
KERNEL_DENSITY, MIXTURE = "KernelDensity", "MixtureSameFamily"
BARE, BARE_TEST = "bare products", "bare product of test"
LIBRARIES = ("NumPy", "TensorFlow")
STREAMED = f"{WINDOW}, streamed"

Scorer = Callable[[FloatArray], FloatArray]


class Sizes(NamedTuple):
    """How many images of each kind; the last three are points of the test images."""

    samples: int
    valid: int
    test: int
    kernel_density: int
    mixture: int
    errors: int


FULL = Sizes(10_000, 1_000, 10_000, kernel_density=100, mixture=10, errors=40)
QUICK = Sizes(1_000, 100, 1_000, kernel_density=20, mixture=10, errors=10)


class Images(NamedTuple):
    """Flat float32 images in [0, 1], `[num, 784]`."""

    source: str
    samples: FloatArray
    valid: FloatArray
    test: FloatArray


class RandomStream:
    """Chunks of uniform noise, drawn anew at each reading and never held."""

    def __init__(self, num_samples: int) -> None:
        self.num_samples = num_samples

    def __iter__(self) -> Iterator[FloatArray]:
        random = np.random.default_rng(1)
        for start in range(0, self.num_samples, CHUNK):
            num = min(CHUNK, self.num_samples - start)
            yield random.random((num, DIM), dtype="float32")


def load_images(data_dir: str | None, sizes: Sizes) -> Images:
    """MNIST from a folder, or the embedded digits made as large."""
    data = kg.datasets.load_mnist(data_dir) if data_dir else kg.datasets.load_digits()
    parts = (data.train.images, data.valid.images, data.test.images)
    pairs = zip(parts, sizes[:3], strict=True)
    cut = (part[:num] if data_dir else digits_like(part, num) for part, num in pairs)
    flat = (part.reshape(-1, DIM) for part in cut)
    return Images("MNIST" if data_dir else "synthetic digits", *flat)


def digits_like(digits: FloatArray, num: int) -> FloatArray:
    """Digits `[num, 28, 28]`: 8x8 digits `[…, 8, 8, 1]` enlarged, framed, noisy."""
    random = np.random.default_rng(len(digits))
    drawn = digits[random.integers(len(digits), size=num), :, :, 0]
    large = np.pad(drawn.repeat(3, axis=1).repeat(3, axis=2), [(0, 0), (2, 2), (2, 2)])
    noisy = large + random.normal(0, 0.1, size=large.shape)
    return np.clip(noisy, 0, 1).astype("float32")


def parzen_window(samples: FloatArray, bandwidth: float) -> Scorer:
    return ParzenWindow(bandwidth).fit(samples).log_prob


# The two below are imported late: the processes whose memory is measured do without.
def kernel_density(samples: FloatArray, bandwidth: float) -> Scorer:
    from sklearn.neighbors import KernelDensity

    return KernelDensity(bandwidth=bandwidth).fit(samples).score_samples


def mixture(samples: FloatArray, bandwidth: float) -> Scorer:
    from tensorflow_probability import distributions as tfd

    num, dim = samples.shape
    kernels = tfd.MultivariateNormalDiag(
        samples, np.full(dim, bandwidth, dtype="float32")
    )
    density = tfd.MixtureSameFamily(
        tfd.Categorical(logits=np.zeros(num, dtype="float32")), kernels
    )

    def log_prob(points: FloatArray) -> FloatArray:
        batches = np.split(points, range(MIXTURE_BATCH, len(points), MIXTURE_BATCH))
        return np.concatenate([density.log_prob(batch).numpy() for batch in batches])

    return log_prob


DENSITIES = {
    WINDOW: parzen_window,
    KERNEL_DENSITY: kernel_density,
    MIXTURE: mixture,
}


def products(images: Images) -> dict[str, Callable[[], Any]]:
    """The matrix products without which no density comes."""
    samples, valid, test = images[1:]
    tensors = {name: tf.constant(getattr(images, name)) for name in images._fields[1:]}

    def tensor_product(name: str) -> Any:
        return tf.matmul(tensors[name], tensors["samples"], transpose_b=True)

    return {
        "NumPy, valid": lambda: valid @ samples.T,
        "NumPy, test": lambda: test @ samples.T,
        "TensorFlow, valid": lambda: tensor_product("valid"),
        "TensorFlow, test": lambda: tensor_product("test"),
    }


def densities(images: Images, sizes: Sizes) -> dict[str, Callable[[], Any]]:
    """Log densities, all or a subset. What `fit` does is not timed."""
    samples, valid, test = images[1:]
    score = {name: make(samples, BANDWIDTH) for name, make in DENSITIES.items()}
    streamed = ParzenWindow(BANDWIDTH).fit(RandomStream(sizes.samples))
    few = test[:: sizes.test // sizes.kernel_density]
    return {
        PROTOCOL: lambda: parzen_log_likelihood(samples, valid, test),
        WINDOW: lambda: score[WINDOW](test),
        STREAMED: lambda: streamed.log_prob(test),
        KERNEL_DENSITY: lambda: score[KERNEL_DENSITY](few),
        MIXTURE: lambda: score[MIXTURE](test[: sizes.mixture]),
    }


def seconds_in_turns(
    runs: dict[str, Callable[[], Any]], rounds: int
) -> dict[str, list[float]]:
    """Seconds of each run in each round, after a first one that traces graphs."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def whole_jobs(seconds: dict[str, list[float]], sizes: Sizes) -> dict[str, list[float]]:
    """Seconds of all points: both products together, subsets extrapolated."""
    jobs: dict[str, list[float]] = {}
    for library in LIBRARIES:
        valid, test = seconds[f"{library}, valid"], seconds[f"{library}, test"]
        jobs[f"{BARE}, {library}"] = [
            sum(pair) for pair in zip(valid, test, strict=True)
        ]
        jobs[f"{BARE_TEST}, {library}"] = test
    jobs |= {name: seconds[name] for name in (PROTOCOL, WINDOW, STREAMED)}
    for name, num in ((KERNEL_DENSITY, sizes.kernel_density), (MIXTURE, sizes.mixture)):
        jobs[name] = [value * sizes.test / num for value in seconds[name]]
    return jobs


def ratios(jobs: dict[str, list[float]]) -> dict[str, tuple[float, str]]:
    """Ratio of medians, and to what; of two bare products the faster one counts."""
    medians = {name: statistics.median(values) for name, values in jobs.items()}
    for base in (BARE, BARE_TEST):
        medians[base] = min(medians[f"{base}, {library}"] for library in LIBRARIES)
    bases = {name: base_of(name) for name in jobs}
    return {name: (medians[name] / medians[base], base) for name, base in bases.items()}


def base_of(job: str) -> str:
    """What the time of a job is divided by."""
    if job in (KERNEL_DENSITY, MIXTURE):
        return WINDOW
    return BARE if job == PROTOCOL or job.startswith(f"{BARE},") else BARE_TEST


def errors(images: Images, num: int) -> dict[str, dict[str, Any]]:
    """Answers of each density at each bandwidth, beside those of all pairs."""
    points = images.test[:num]
    squares = cdist(
        points.astype("float64"), images.samples.astype("float64"), "sqeuclidean"
    )
    found: dict[str, dict[str, Any]] = {}
    for bandwidth in ERROR_BANDWIDTHS:
        log_kernels = -squares / (2 * bandwidth**2)  # [num, num_samples]
        exact = logsumexp(log_kernels, axis=1) - math.log(len(images.samples))
        exact -= DIM * math.log(bandwidth * math.sqrt(2 * math.pi))
        found[str(bandwidth)] = {"exact_mean": float(exact.mean())}
        for name, make in DENSITIES.items():
            answers = make(images.samples, bandwidth)(points).astype("float64")
            found[str(bandwidth)][name] = {
                "mean": float(answers.mean()),
                "largest_error": float(np.abs(answers - exact).max()),
                "mean_error": float(np.abs(answers - exact).mean()),
            }
    return found


def peak_megabytes() -> float:
    """Largest resident memory of this process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def use_memory(num_streamed: int, sizes: Sizes) -> None:
    """Runs the protocol, or a stream where there is one, and prints the peak."""
    imported = peak_megabytes()
    random = np.random.default_rng(0)

    # Noise in place of images: values do not matter to memory, but loading them would.
    def noise(num: int) -> FloatArray:
        return random.random((num, DIM), dtype="float32")

    start = time.perf_counter()
    if num_streamed:
        window = ParzenWindow(BANDWIDTH).fit(RandomStream(num_streamed))
        window.log_prob(noise(sizes.test))
    else:
        parzen_log_likelihood(*(noise(num) for num in sizes[:3]))
    seconds = time.perf_counter() - start
    peak = {"imported": imported, "peak": peak_megabytes(), "seconds": seconds}
    print(json.dumps(peak))


def memory_of_child(num_streamed: int, quick: bool) -> dict[str, float]:
    """Megabytes and seconds of a fresh process; 0 streamed samples: the protocol."""
    command = [sys.executable, __file__, "--use-memory", str(num_streamed)]
    command += ["--quick"] * quick
    child = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(child.stdout.splitlines()[-1])


def memory_of_children(
    options: argparse.Namespace,
) -> dict[int, list[dict[str, float]]]:
    """By number of streamed samples, and that of the protocol under 0."""
    num_runs = {0: PROTOCOL_RUNS, options.stream_samples // 10: 1}
    if options.quick:
        num_runs = {0: 1}
    num_runs[options.stream_samples] = 1
    return {
        num: [memory_of_child(num, options.quick) for _ in range(runs)]
        for num, runs in num_runs.items()
    }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Everything that is printed and written."""
    sizes = QUICK if options.quick else FULL
    # First, while this process is small: a child's peak begins at that of its parent.
    memory = memory_of_children(options)
    images = load_images(options.data_dir, sizes)
    runs = products(images) | densities(images, sizes)
    seconds = seconds_in_turns(runs, options.rounds)
    jobs = whole_jobs(seconds, sizes)
    per_sample = memory[options.stream_samples][0]["seconds"] / options.stream_samples
    label = f"{options.stream_samples:,} streamed, per {sizes.samples:,}, once"
    jobs[label] = [per_sample * sizes.samples]
    return {
        "images": images.source,
        "sizes": sizes._asdict(),
        "rounds": options.rounds,
        "bandwidth": BANDWIDTH,
        "seconds": seconds,
        "seconds_of_whole_jobs": jobs,
        "ratios": ratios(jobs),
        "megabytes": memory,
        "nats": errors(images, sizes.errors),
        "environment": {**record_environment(), "scipy": scipy.__version__},
    }


def print_times(record: dict[str, Any]) -> None:
    sizes = Sizes(**record["sizes"])
    few = {KERNEL_DENSITY: sizes.kernel_density, MIXTURE: sizes.mixture}
    print(
        f"{record['images']}: {sizes.samples:,} samples, {sizes.valid:,} validation "
        f"images, {sizes.test:,} test images, {DIM} values; {record['rounds']} rounds"
    )
    print(f"{'seconds':46}{'median':>9}{'minimum':>9}{'ratio':>9}")
    for name, seconds in record["seconds_of_whole_jobs"].items():
        ratio, base = record["ratios"][name]
        label = f"{name}, extrapolated from {few[name]}" if name in few else name
        target = f", target {TARGET_RATIO}" if name == PROTOCOL else ""
        times = f"{statistics.median(seconds):9.2f}{min(seconds):9.2f}"
        print(f"{label:46}{times}{ratio:9.2f} x {base}{target}")


def print_memory(megabytes: dict[int, list[dict[str, float]]]) -> None:
    print(f"\n{'peak resident megabytes':46}{'median':>9}{'minimum':>9}{'maximum':>9}")
    for num, runs in megabytes.items():
        label = f"{num:,} streamed samples" if num else f"{PROTOCOL}, {len(runs)} runs"
        peaks = [run["peak"] for run in runs]
        values = (statistics.median(peaks), min(peaks), max(peaks))
        columns = "".join(f"{value:9.0f}" for value in values)
        print(f"{label:46}{columns}   target {TARGET_MEGABYTES:,}")
    imported = statistics.median(run["imported"] for run in megabytes[0])
    print(f"{'of which imports':46}{imported:9.0f}")


def print_errors(record: dict[str, Any]) -> None:
    environment, num = record["environment"], record["sizes"]["errors"]
    print(
        f"\nlargest and mean error in nats of {num} points against float64; "
        f"scikit-learn {environment['scikit-learn']}, "
        f"TFP {environment['tensorflow-probability']} in float32"
    )
    print(
        f"{'bandwidth':12}{'exact mean':>14}" + "".join(f"{n:>24}" for n in DENSITIES)
    )
    for bandwidth, found in record["nats"].items():
        pairs = (
            f"{found[name]['largest_error']:13.2g}{found[name]['mean_error']:11.2g}"
            for name in DENSITIES
        )
        print(f"{bandwidth:12}{found['exact_mean']:14.3f}" + "".join(pairs))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data-dir", default=os.environ.get(DATA_VARIABLE))
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--stream-samples", type=int)
    parser.add_argument("--quick", action="store_true", help="small sizes, two rounds")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    # How the script starts itself: a number of streamed samples, 0 for the protocol.
    parser.add_argument("--use-memory", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 7)
    default = 100_000 if options.quick else 1_000_000
    options.stream_samples = options.stream_samples or default
    if options.stream_samples < 10 * CHUNK:
        parser.error(f"--stream-samples must be at least {10 * CHUNK:,}")
    return options


def main() -> None:
    options = arguments()
    tf.config.set_visible_devices([], "GPU")  # NumPy and scikit-learn have none
    if options.use_memory is not None:
        use_memory(options.use_memory, QUICK if options.quick else FULL)
        return
    record = measure(options)
    print_times(record)
    print_memory(record["megabytes"])
    print_errors(record)
    write_json(options.output_dir / "parzen.json", record)


if __name__ == "__main__":
    main()
