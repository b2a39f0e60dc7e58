"""The training step of this checkout against that of another one, strictly in turns.

    git worktree add ../before <commit>
    python tests/benchmarks/two_checkouts.py ../before

Each checkout plays in a process of its own, which waits while the other plays. A round
times both, and what counts is the median over rounds of the ratio of their medians.
`--output` keeps the figures of all rounds.
"""

import argparse
import inspect
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parents[2]
LATENT_DIM, IMAGE_SHAPE, BATCH_SIZE = 100, (28, 28, 1), 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, help="root of the other checkout")
    parser.add_argument("--games", nargs="+", choices=GAMES, default=[*GAMES])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--output", type=Path)
    args = parser.parse_args()
    results = {}
    for game in args.games:
        before, now = (Player(path, game) for path in (args.other, HERE))
        rounds = [_round(before, now, turn) for turn in range(args.rounds)]
        ratios = [now_ms / before_ms for before_ms, now_ms in rounds]
        results[game] = {
            "before_ms": statistics.median(before_ms for before_ms, _ in rounds),
            "now_ms": statistics.median(now_ms for _, now_ms in rounds),
            "ratio": statistics.median(ratios),
            "rounds_ms": rounds,
        }
        low, _, high = statistics.quantiles(ratios, n=4)
        print(
            f"{game:<22}{results[game]['before_ms']:8.2f} ms before"
            f"{results[game]['now_ms']:8.2f} ms now, ratio {results[game]['ratio']:.3f}"
            f" (quartiles {low:.3f} to {high:.3f})",
            flush=True,
        )
        before.end(), now.end()
    if args.output:
        args.output.write_text(json.dumps(results, indent=1) + "\n")


class Player:
    """A process in which one checkout has built one game, and plays it when asked."""

    def __init__(self, checkout: Path, game: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(checkout.resolve())}
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--play", game, str(checkout.resolve())],
            env={"TF_CPP_MIN_LOG_LEVEL": "3", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.turn()  # traces the step

    def turn(self) -> float:
        """Median milliseconds of the steps of one turn."""
        self._process.stdin.write("play\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def _round(before: Player, now: Player, turn: int) -> tuple[float, float]:
    if turn % 2:  # whoever comes first finds the caches cold
        now_ms = now.turn()
        return before.turn(), now_ms
    return before.turn(), now.turn()


# --------------------------------------------------------- within a player's process


def play(game: str, checkout: str) -> None:
    import keras
    import numpy as np

    import keras_gan as kg

    assert Path(kg.__file__).is_relative_to(checkout), kg.__file__
    gan, steps, rows = GAMES[game](kg, keras)
    images = np.random.default_rng(0).uniform(size=(steps * rows, *IMAGE_SHAPE))
    images = images.astype("float32")

    class Clock(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.moments = []

        def on_train_batch_end(self, batch, logs=None):
            self.moments.append(time.perf_counter())

    for _ in sys.stdin:
        clock = Clock()
        gan.fit(images, batch_size=BATCH_SIZE, verbose=0, callbacks=[clock])
        seconds = np.diff(clock.moments)[2:]  # the other's data leave the caches
        print(1000 * float(np.median(seconds)), flush=True)


def _compiled(kg, gan, optimizers, terms=(), **rules):
    # The same terms under the names that they had and have.
    names = inspect.signature(kg.GAN.compile).parameters
    name = "terms" if "terms" in names else "penalties"
    gan.compile(*optimizers, **{name: [*terms]}, **rules)
    return gan


def _terms(kg):
    return getattr(kg, "terms", None) or kg.penalties


def _dense_pair(kg, keras):
    gan = kg.GAN(
        kg.networks.mlp_generator(LATENT_DIM, IMAGE_SHAPE),
        kg.networks.maxout_discriminator(IMAGE_SHAPE),
        kg.priors.UniformPrior(LATENT_DIM),
    )
    adam = [keras.optimizers.Adam(2e-4) for _ in range(2)]
    return _compiled(kg, gan, adam), 40, BATCH_SIZE


def _convolutional(kg, keras, normalization):
    return kg.GAN(
        kg.networks.dcgan_generator(LATENT_DIM, IMAGE_SHAPE, base_filters=32),
        kg.networks.dcgan_discriminator(
            IMAGE_SHAPE, base_filters=32, normalization=normalization
        ),
        kg.priors.NormalPrior(LATENT_DIM),
    )


def _wgan_gp(kg, keras):
    adam = [keras.optimizers.Adam(1e-4, 0.0, 0.9) for _ in range(2)]
    gan = _compiled(
        kg,
        _convolutional(kg, keras, None),
        adam,
        [_terms(kg).GradientPenalty()],
        objective="wasserstein",
        discriminator_steps=5,
    )
    return gan, 8, 5 * BATCH_SIZE


def _dcgan_r1(kg, keras):
    adam = [keras.optimizers.Adam(2e-4, 0.5) for _ in range(2)]
    gan = _convolutional(kg, keras, None)
    return _compiled(kg, gan, adam, [_terms(kg).R1(1.0)]), 15, BATCH_SIZE


GAMES = {"2014 pair": _dense_pair, "WGAN-GP": _wgan_gp, "DCGAN with R1": _dcgan_r1}


if __name__ == "__main__":
    if "--play" in sys.argv:
        play(*sys.argv[2:])
    else:
        main()
