"""Builds the same game anew, again and again: every build must play the same steps.

A read and a write that nothing orders show mostly in the first executions of a graph.
Each build plays four steps, and the weights of all are compared with the first's. With
`--loaded` another process keeps the other core busy, which moves the threads about.

    make stress
    python tests/stress/fresh_builds.py --ways lazy_r1 --builds 20 --loaded
"""

import argparse
import hashlib
import multiprocessing
import sys
import time

import keras
import numpy as np

import keras_gan as kg

WAYS = {
    "r1": {"terms": lambda: [kg.terms.R1(2.0)]},
    "lazy_r1": {"terms": lambda: [kg.terms.R1(2.0, interval=2)]},
    "lazy_gradient_penalty": {
        "terms": lambda: [kg.terms.GradientPenalty(2.0, interval=2)]
    },
    "three_critic_steps": {
        "terms": lambda: [kg.terms.GradientPenalty(2.0)],
        "discriminator_steps": 3,
    },
    "averaged": {
        "terms": lambda: [kg.terms.R1(2.0, interval=2)],
        "ema_half_life": 20.0,
    },
}
IMAGE_SHAPE = (3, 4, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=[*WAYS])
    parser.add_argument("--builds", type=int, default=200)
    parser.add_argument("--loaded", action="store_true")
    args = parser.parse_args()
    load = multiprocessing.Process(target=_spin, daemon=True)
    if args.loaded:
        load.start()
    failed = [way for way in args.ways if not _plays_alike(way, args.builds)]
    return 1 if failed else 0


def _plays_alike(way: str, builds: int) -> bool:
    started = time.monotonic()
    results = {_weights_after_four_steps(**WAYS[way]) for _ in range(builds)}
    seconds = time.monotonic() - started
    print(f"{way:<24}{builds} builds: {len(results)} result(s) ({seconds:.0f} s)")
    sys.stdout.flush()
    return len(results) == 1


def _weights_after_four_steps(terms, ema_half_life=None, **rules) -> str:
    # TensorFlow keeps every graph, and what it has kept slows the next trace down.
    keras.backend.clear_session()
    gan = kg.GAN(
        _network((4,), _dense(12, "sigmoid"), keras.layers.Reshape(IMAGE_SHAPE)),
        _network(IMAGE_SHAPE, keras.layers.Flatten(), _dense(9, "softplus"), _dense(1)),
        kg.priors.UniformPrior(4),
        ema_half_life=ema_half_life,
    )
    gan.compile(
        keras.optimizers.SGD(0.2),
        keras.optimizers.SGD(0.2),
        objective="wasserstein",
        terms=terms(),
        jit_compile=False,
        **rules,
    )
    images = np.random.default_rng(0).uniform(size=(12, *IMAGE_SHAPE))
    for _ in range(4):
        gan.train_on_batch(images.astype("float32"))
    weights = [weight.numpy().tobytes() for weight in gan.weights]
    return hashlib.sha256(b"".join(weights)).hexdigest()


def _network(shape, *layers) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *layers])


def _dense(units, activation=None) -> keras.layers.Layer:
    initializer = keras.initializers.RandomUniform(-0.5, 0.5, seed=units)
    return keras.layers.Dense(units, activation, kernel_initializer=initializer)


def _spin() -> None:
    while True:
        sum(range(100_000))


if __name__ == "__main__":
    sys.exit(main())
