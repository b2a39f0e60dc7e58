"""How many of the 1000 modes of stacked MNIST games find, beside published counts.

    python examples/stacked_mnist.py --games DCGAN PacDCGAN4 --steps 100000
    python examples/stacked_mnist.py --protocol veegan --games PacDCGAN4 R3GAN-like

A stack is three random MNIST digits in the channels of one image; a digit classifier
reads each channel of generated images, and the three digits name the mode. Modes with
at least one of N samples are counted; KL is that of the modes' shares to uniform ones,
in nats. Even a perfect generator has about 999 / (2 N): 0.0196 for N = 25,600.

Measured with seed 0 by VEEGAN's protocol, R3GAN-like: after 29,000 of its 100,000 steps
999 modes and a KL of 0.13, eight hours of one core with AVX512 in bfloat16 that other
work shared (examples/records/stacked_mnist); the other rows are not played to an end.

`--protocol small`, the default, is that of Unrolled GAN with the discriminator "1/4 G"
as PacGAN's code plays it: z N(0, I) of 256, 288,115 and 613 weights, Adam (0.5, 0.99)
with rates 1e-4 and 2e-4, 500,000 steps of 128 packs of fresh stacks in [-1, 1], one
move each, 25,600 samples. A step takes about 65 ms of one core, 210 ms with packs of
four, so that `--steps` will be fewer: the table says how many each run had.
`--protocol veegan` is that of VEEGAN in the same code: DCGAN's networks, Adam 2e-4
(0.5, 0.999), 100,000 steps of 64 packs out of 128,000 fixed stacks in [0, 1], D once
and G twice a step, 26,000 samples, cut to [0, 1] before they are read.

All games keep the protocol's generator, optimizers and steps. WGAN-GP (weight 10) and
R3GAN-like (relativistic pairing, R1 and R2 of weight 1) have a discriminator without
batch normalization, whose convolutions start from He's weights: penalties are each
image's own; samples of R3GAN-like are those of its averaged generator. By VEEGAN's
protocol its rates and weights are a quarter from step 23,500 on, as R3GAN's fall while
it burns in: at the weights of before, KL stayed for 3,000 steps. Otherwise than in that
code, samples are drawn with the moving averages of batch normalization, the two
players' latents are drawn apart, digits are the first 50,000 training digits, and the
classifier is ours.

Each run is a folder in `--output-dir`, saved every 2,000 steps, or `--save-every`, and
measured every 10,000, or `--measure-every`; the same command goes on where it stopped,
and with no more `--steps` than there are it only writes the table. `--precision
mixed_bfloat16` plays in half the time where the processor multiplies in bfloat16.
"""

import argparse
import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

import keras_gan as kg
from keras_gan.runs import replacing, write_json

NUM_CLASSES = 1_000


Terms = tuple[kg.terms.Term, ...]


def quarter_after(moves: int | None, value: float) -> Any:
    """A value, or its schedule: a quarter of it after so many moves."""
    if moves is None:
        return value
    schedules = keras.optimizers.schedules
    return schedules.PiecewiseConstantDecay([moves - 1], [value, value / 4])


def penalties(burn_in: int | None) -> Terms:
    """R1 and R2 of weight 1, of a quarter after the burn-in."""
    schedule = None if burn_in is None else quarter_after(burn_in, 1.0)
    return kg.terms.R1(1.0, schedule=schedule), kg.terms.R2(1.0, schedule=schedule)


@dataclasses.dataclass(frozen=True)
class Game:
    """What a row of the table changes."""

    objective: str = "non_saturating"
    terms: Callable[[int | None], Terms] = lambda burn_in: ()
    packing: int = 1
    ema_half_life: float | None = None  # images
    burns_in: bool = False  # rates and weights are a quarter after the burn-in


GAMES = {
    "DCGAN": Game(),
    "PacDCGAN2": Game(packing=2),
    "PacDCGAN4": Game(packing=4),
    "WGAN-GP": Game("wasserstein", lambda burn_in: (kg.terms.GradientPenalty(10.0),)),
    "LSGAN": Game("least_squares"),
    "R3GAN-like": Game(
        "relativistic_pairing",
        penalties,
        ema_half_life=32_000,  # 500 of VEEGAN's steps: classes wander from step to step
        burns_in=True,
    ),
}


@dataclasses.dataclass(frozen=True)
class Protocol:
    """What all rows of a published table have in common."""

    prior: kg.priors.Prior
    generator: dict[str, Any]
    discriminator: dict[str, Any]
    rates: tuple[float, float]  # of the generator and of the discriminator
    beta_2: float
    generator_steps: int
    packs: int  # in a batch
    num_steps: int
    num_samples: int
    value_range: tuple[float, float]
    num_fixed: int | None  # stacks that are drawn once; None draws each anew
    burn_in: int | None  # steps; None where games do not last so long
    published: dict[str, tuple[str, str]]  # modes and KL


PROTOCOLS = {
    "small": Protocol(
        prior=kg.priors.NormalPrior(256),
        generator={},
        discriminator={},
        rates=(1e-4, 2e-4),
        beta_2=0.99,
        generator_steps=1,
        packs=128,
        num_steps=500_000,
        num_samples=25_600,
        value_range=(-1.0, 1.0),
        num_fixed=None,
        burn_in=None,
        # Table 3 of PacGAN, "D = 1/4 G": 50 runs of 500,000 steps.
        published={
            "DCGAN, in Unrolled GAN": ("30.6 ± 20.7", "5.99 ± 0.42"),
            "Unrolled GAN, 10 steps": ("327.2 ± 74.7", "4.66 ± 0.46"),
            "DCGAN": ("78.5 ± 17.6", "5.21 ± 0.19"),
            "PacDCGAN2": ("484.5 ± 33.0", "2.61"),
            "PacDCGAN3": ("601.3 ± 32.2", "2.00"),
            "PacDCGAN4": ("667.4 ± 29.0", "1.81"),
        },
    ),
    "veegan": Protocol(
        prior=kg.priors.UniformPrior(100),
        generator={
            **{"latent_dim": 100, "filters": (512, 256, 128, 64)},
            **{"kernel_size": 5, "last_stride": 2},
        },
        discriminator={
            **{"filters": (64, 128, 256, 512), "kernel_size": 5},
            **{"first_normalized": False, "negative_slope": 0.2},
        },
        rates=(2e-4, 2e-4),
        beta_2=0.999,
        generator_steps=2,
        packs=64,
        num_steps=100_000,
        num_samples=26_000,
        value_range=(0.0, 1.0),
        num_fixed=128_000,
        burn_in=23_500,
        # Tables 2 of VEEGAN and of PacGAN (10 runs), 3 of R3GAN: other networks.
        published={
            "DCGAN, in VEEGAN": ("99", "3.40"),
            "VEEGAN": ("150", "2.95"),
            "DCGAN": ("78.9 ± 6.5", "4.50 ± 0.13"),
            "PacDCGAN2": ("1000", "0.06 ± 0.003"),
            "PacDCGAN4": ("1000", "0.07 ± 0.005"),
            "WGAN-GP, in R3GAN": ("959", "0.73"),
            "R3GAN": ("1000", "0.029"),
        },
    ),
}


class CountModes(keras.callbacks.Callback):
    """Logs modes and KL of fresh samples after every few epochs and at the end."""

    def __init__(self, protocol: Protocol, interval: int, seed: int) -> None:
        super().__init__()
        self.protocol, self.interval, self.seed = protocol, interval, seed
        self.classifier = kg.evaluation.load_digit_classifier()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Counts where it is time to."""
        completed = int(self.model.epochs_completed.numpy())
        if completed % self.interval and completed != self.params["epochs"]:
            return
        low, high = self.protocol.value_range
        samples = self.model.sample(self.protocol.num_samples, seed=self.seed)
        pixels = np.clip((samples - low) / (high - low), 0, 1)
        coverage = kg.evaluation.stacked_class_coverage(pixels, self.classifier)
        print(f"\n{coverage}", flush=True)
        logs.update(coverage.values)


def main() -> None:
    args = parse_arguments()
    if args.threads:
        tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    keras.config.set_dtype_policy(args.precision)
    protocol = PROTOCOLS[args.protocol]
    if args.num_samples:
        protocol = dataclasses.replace(protocol, num_samples=args.num_samples)
    folder = args.output_dir / args.protocol
    digits = kg.datasets.load_mnist(args.data_dir).in_range(*protocol.value_range)
    for name in args.games:
        play(name, protocol, digits.train.images, folder, args)
    table = markdown(protocol, curves := read_curves(folder))
    draw(folder / "modes.png", curves)
    write_json(folder / "table.json", curves)
    with replacing(folder / "table.md") as partial:
        partial.write_text(table, encoding="utf-8")
    print(f"{table}Written: {folder}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--protocol", choices=sorted(PROTOCOLS), default="small")
    parser.add_argument("--games", nargs="+", choices=GAMES, default=list(GAMES))
    parser.add_argument("--steps", type=int, help="default: those of the protocol")
    parser.add_argument("--save-every", type=int, default=2_000, metavar="STEPS")
    parser.add_argument("--measure-every", type=int, default=10_000, metavar="STEPS")
    parser.add_argument("--num-samples", type=int, help="default: the protocol's")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", help="folder with MNIST, else searched for")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/stacked_mnist"))
    parser.add_argument("--threads", type=int, help="of an operation; default: all")
    parser.add_argument(
        "--precision", choices=("float32", "mixed_bfloat16"), default="float32"
    )
    parser.add_argument("--verbose", type=int, choices=(0, 1, 2), default=1)
    return parser.parse_args()


def play(
    name: str,
    protocol: Protocol,
    digits: np.ndarray,
    folder: Path,
    args: argparse.Namespace,
) -> None:
    """Plays a game to its last step, from where an earlier run of it stopped."""
    run = kg.runs.RunDirectory(folder / f"{name}_seed_{args.seed}")
    num_steps = args.steps or protocol.num_steps
    steps = min(num_steps, args.save_every)
    if protocol.num_fixed:  # an epoch is at most all of them
        steps = min(steps, protocol.num_fixed // protocol.packs)
    if run.model.exists():
        steps = run.read()["steps_per_epoch"]
    epochs = math.ceil(num_steps / steps)
    gan = kg.runs.load_or_build(
        run.path, lambda: build(GAMES[name], protocol, args.seed)
    )
    print(f"{name}: {epochs} epochs of {steps} steps", flush=True)
    about = {
        "stacked_mnist": {"protocol": args.protocol, "game": name},
        "dataset": {"name": "stacked_mnist", "value_range": protocol.value_range},
    }
    interval = max(1, args.measure_every // steps)
    kg.runs.fit_to(
        gan,
        run.path,
        batches(gan, protocol, digits, steps),
        epochs=epochs,
        about=about,
        callbacks=[CountModes(protocol, interval, args.seed)],
        verbose=args.verbose,
    )


def build(game: Game, protocol: Protocol, seed: int) -> kg.GAN:
    burn_in = protocol.burn_in if game.burns_in else None
    terms = game.terms(burn_in)
    discriminator = kg.networks.stacked_digits_discriminator(
        **protocol.discriminator,
        packing=game.packing,
        normalization=None if terms else "batch",
        seed=seed,
    )
    generator = kg.networks.stacked_digits_generator(**protocol.generator, seed=seed)
    gan = kg.GAN(
        generator,
        discriminator,
        protocol.prior,
        packing=game.packing,
        ema_half_life=game.ema_half_life,
        seed=seed,
    )
    optimizers = [
        keras.optimizers.Adam(
            quarter_after(burn_in and moves * burn_in, rate), 0.5, protocol.beta_2
        )
        for rate, moves in zip(
            protocol.rates, (protocol.generator_steps, 1), strict=True
        )
    ]
    gan.compile(
        *optimizers,
        objective=game.objective,
        terms=terms,
        generator_steps=protocol.generator_steps,
    )
    return gan


def batches(
    gan: kg.GAN, protocol: Protocol, digits: np.ndarray, num_batches: int
) -> tf.data.Dataset:
    """An epoch: fresh stacks, or as many of the fixed ones in a fresh order."""
    size, epoch = protocol.packs * gan.packing, gan.epochs_completed.value
    if protocol.num_fixed is None:
        return kg.datasets.fresh_stacks(digits, size, num_batches, gan.seed, epoch)
    random = np.random.default_rng([gan.seed, protocol.num_fixed])
    rows = random.integers(len(digits), size=(protocol.num_fixed, 3))
    orders = kg.datasets.shuffled_batches(
        (rows,), size, gan.seed, epoch, num_passes=gan.packing
    )
    planes = tf.constant(digits[..., 0])
    return orders.take(num_batches).map(
        lambda some: tf.transpose(tf.gather(planes, some), (0, 2, 3, 1))
    )


def read_curves(folder: Path) -> dict[str, list[tuple[int, float, float]]]:
    """Steps, modes and KL of every measurement, by run."""
    curves: dict[str, list[tuple[int, float, float]]] = {}
    for path in sorted(folder.glob("*_seed_*")):
        run = kg.runs.RunDirectory(path)
        record = run.read()
        curves[path.name] = [
            (
                row["epoch"] * record["steps_per_epoch"],
                row["captured_classes"],
                row["class_reverse_kl"],
            )
            for row in run.history()
            if "captured_classes" in row
        ]
    return curves


def markdown(
    protocol: Protocol, curves: dict[str, list[tuple[int, float, float]]]
) -> str:
    num_samples = protocol.num_samples
    modes, floor = kg.evaluation.expected_coverage(num_samples, NUM_CLASSES)
    lines = [
        f"{num_samples} samples a run; a perfect generator reaches {modes:.1f} modes "
        f"and a KL of {floor:.4f} nats.\n",
        "| game | steps | modes | KL, nats |",
        "|---|---|---|---|",
    ]
    for name, curve in curves.items():
        for steps, count, divergence in curve[-1:]:
            game, _, seed = name.partition("_seed_")
            lines.append(
                f"| {game}, ours, seed {seed} | {steps} | {count:.0f} | "
                f"{divergence:.2f} |"
            )
    for name, (count, divergence) in protocol.published.items():
        lines.append(
            f"| {name}, published | {protocol.num_steps} | {count} | {divergence} |"
        )
    return "\n".join(lines) + "\n"


def draw(path: Path, curves: dict[str, list[tuple[int, float, float]]]) -> None:
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(xlabel="steps", ylabel="modes", ylim=(0, NUM_CLASSES))
    for name, curve in curves.items():
        if curve:
            steps, modes, _ = zip(*curve, strict=True)
            axes.plot(steps, modes, ".-", label=name.replace("_", " "))
    axes.grid(alpha=0.3)
    if axes.has_data():
        axes.legend(fontsize=8)
    with replacing(path) as partial:
        figure.savefig(partial, dpi=90, format="png")


if __name__ == "__main__":
    main()
