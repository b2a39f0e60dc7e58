"""Time of a training step, beside PyTorch, the usual Keras way and the bare products.

All play the same game with the same networks, optimizers and batches, in one process
and strictly in turns; the figures to quote are the ratios. Every table has

    PyTorch       plainly written, and with what a careful user adds for speed: the
                  discriminator frozen in the generator's step, a fused optimizer, and
                  both of these with `torch.compile`
    Keras idiom   a model with a `train_step` of its own, as the tutorials show it
    keras_gan     `compile` and `fit`, and its options for speed
    floor         the matrix products and convolutions of the step and the traffic of
                  its optimizers, without anything else

Time ends when a step's results are there. The share of the peak is that of the rate of
one large matrix product of the same dtype, which takes its turn among the others.
Figures of a machine with other work on it mean nothing: PyTorch's threads wait for each
other at each product, and lose far more than a share of the time.

    python tests/benchmarks/train_step.py --output-dir runs/bench
"""

import argparse
import contextlib
import functools
import gc
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import _torch_first  # noqa: F401

# isort: split
import _floor
import _turns
import keras
import numpy as np
import tensorflow as tf
from _keras_idiom import IdiomGAN, IdiomR3GAN, IdiomWGAN

import keras_gan as kg
from keras_gan._types import FloatArray, Shape
from keras_gan.networks.dcgan import dcgan_discriminator, dcgan_generator
from keras_gan.networks.r3gan import r3gan_discriminator, r3gan_generator

PYTORCH, FLOOR = "PyTorch", "floor"
STEPS_PER_EXECUTION = 20
PATIENCE = 2.0  # seconds for a step in a dtype or by a compiler that may not suit
PRODUCT_STEPS = 3  # of a large matrix product in each turn
_MOMENTUM = 0.5

# By hand, from the multiplications for one row: 2,500,800 of the generator, 2,380,800
# of them above its first layer; 1,229,040 of the discriminator, 288,240 above.
MNIST_FLOPS = 2 * 100 * (3 * 2_500_800 + 2_380_800 + 6 * 1_229_040 + 2 * 288_240)


class Game(NamedTuple):
    """What all contestants of one table play."""

    family: str  # "maxout", "dcgan" or "r3gan"
    image_shape: Shape
    batch_size: int
    latent_dim: int = 100
    optimizer: str = "adam"
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.9, 0.999)
    kind: str = "alternating"  # "wasserstein" or "relativistic"

    @property
    def discriminator_steps(self) -> int:
        return IdiomWGAN.critic_steps if self.kind == "wasserstein" else 1

    @property
    def rows_per_step(self) -> int:
        return self.batch_size * self.discriminator_steps


GAMES = {
    "mnist_adam": Game("maxout", (28, 28, 1), 100),
    "mnist_sgd": Game("maxout", (28, 28, 1), 100, optimizer="sgd", learning_rate=0.1),
    "dcgan28": Game("dcgan", (28, 28, 1), 64, betas=(0.5, 0.999)),
    "dcgan32": Game("dcgan", (32, 32, 3), 64, betas=(0.5, 0.999)),
    "dcgan64": Game("dcgan", (64, 64, 3), 64, betas=(0.5, 0.999)),
    "r3gan28": Game(
        "r3gan", (28, 28, 1), 64, 64, "adam", 5e-4, (0.0, 0.99), "relativistic"
    ),
    "wgan_gp": Game(
        "dcgan", (28, 28, 1), 64, 128, "adam", 1e-4, (0.5, 0.9), "wasserstein"
    ),
}


class Kind(NamedTuple):
    """How a game is played by the Keras idiom and by keras_gan, and what it needs."""

    idiom: type[IdiomGAN]
    floor: Callable[[keras.Model, keras.Model], _floor.Step]
    rules: dict[str, Any]
    ema_half_life: float | None = None


KINDS = {
    "alternating": Kind(IdiomGAN, _floor.alternating, {}),
    "relativistic": Kind(
        IdiomR3GAN,
        _floor.relativistic,
        {
            "objective": "relativistic_pairing",
            "terms": [kg.terms.R1(1.0), kg.terms.R2(1.0)],
        },
        ema_half_life=44_000.0,  # images: a rate of 0.001 for minibatches of 64
    ),
    "wasserstein": Kind(
        IdiomWGAN,
        _floor.wasserstein,
        {
            "objective": "wasserstein",
            "terms": [kg.terms.GradientPenalty(10.0)],
            "discriminator_steps": IdiomWGAN.critic_steps,
        },
    ),
}


# --------------------------------------------------------------------- what is played


def networks(game: Game) -> tuple[keras.Model, keras.Model]:
    if game.family == "maxout":
        return (
            kg.networks.mlp_generator(game.latent_dim, game.image_shape),
            kg.networks.maxout_discriminator(game.image_shape),
        )
    if game.family == "r3gan":
        return (
            r3gan_generator(game.latent_dim, game.image_shape),
            r3gan_discriminator(game.image_shape),
        )
    normalization = None if game.kind == "wasserstein" else "batch"
    return (
        dcgan_generator(game.latent_dim, game.image_shape),
        dcgan_discriminator(game.image_shape, normalization=normalization),
    )


def torch_networks(game: Game, torch_games: ModuleType) -> Any:
    return torch_games.make_networks(
        game.family,
        game.latent_dim,
        game.image_shape,
        normalized_discriminator=game.kind != "wasserstein",
    )


def noise_images(game: Game, num_steps: int) -> FloatArray:
    """Images of uniform noise, for so many steps."""
    shape = (num_steps * game.rows_per_step, *game.image_shape)
    images = np.random.default_rng(0).random(shape, "float32")
    return images if game.family == "maxout" else 2 * images - 1


def needed(game: Game) -> _floor.Step:
    return KINDS[game.kind].floor(*networks(game))


def check_equal_work(game: Game, torch_games: ModuleType) -> dict[str, int]:
    """Asserts that both sides have as many parameters; returns their numbers."""
    counts = [
        sum(int(np.prod(variable.shape)) for variable in network.trainable_variables)
        for network in networks(game)
    ]
    pair = torch_networks(game, torch_games)
    assert counts == [torch_games.count_parameters(network) for network in pair]
    if game.family == "maxout":
        assert needed(game).flops(game.batch_size) == MNIST_FLOPS
    return dict(zip(("generator", "discriminator"), counts, strict=True))


# ------------------------------------------------------------------------ contestants


class Table:
    """Makes the contestants of one game.

    Args:
        game: what they play.
        torch_games: the module of the opponents.
        device: `"cpu"` or `"cuda"`.
        num_steps: timed steps of a turn.
        product_size: rows and columns of the large matrix product.
    """

    def __init__(
        self,
        game: Game,
        torch_games: ModuleType,
        device: str,
        num_steps: int,
        product_size: int,
    ) -> None:
        self.game, self.torch_games, self.device = game, torch_games, device
        self.num_steps, self.product_size = num_steps, product_size
        self.images = noise_images(game, num_steps + 3)  # the clock leaves three out
        self.step = needed(game)
        self.flops = self.step.flops(game.batch_size)
        self.low_dtypes = ["bfloat16"] + ["float16"] * (device == "cuda")
        self.dtypes = ["float32", *self.low_dtypes]

    def makers(self) -> dict[str, _turns.Maker]:
        return {
            **self._torch_makers(),
            "Keras idiom": self._idiom,
            **self._keras_gan_makers(),
            **self._low_precision_makers(),
            FLOOR: self._floor,
            **{
                _turns.product_of(dtype): functools.partial(self._product, dtype)
                for dtype in self.dtypes
            },
        }

    def _torch_makers(self) -> dict[str, _turns.Maker]:
        play = functools.partial
        quick = {"frozen": True, "fused": True}
        return {
            PYTORCH: self._torch,
            "PyTorch, D frozen": play(self._torch, frozen=True),
            "PyTorch, fused optimizer": play(self._torch, fused=True),
            "PyTorch, compiled, frozen, fused": play(
                self._torch, compiled=True, **quick
            ),
        }

    def _keras_gan_makers(self) -> dict[str, _turns.Maker]:
        play = functools.partial
        found: dict[str, _turns.Maker] = {"keras_gan": self._keras_gan}
        by_default = self._compiled_by_default()
        label = "keras_gan, no XLA" if by_default else "keras_gan, XLA"
        found[label] = play(
            self._keras_gan,
            may_fail=True,
            patience=PATIENCE,
            jit_compile=not by_default,
        )
        if self.device == "cuda":
            label = f"keras_gan, {STEPS_PER_EXECUTION} steps per execution"
            found[label] = self._in_executions
        if self.game.family != "dcgan" or self.game.kind == "wasserstein":
            label = "keras_gan, fused discriminator"
            found[label] = play(self._keras_gan, fused_discriminator=True)
        if self.game.family == "maxout":
            found["keras_gan, simultaneous"] = self._simultaneous
        return found

    def _low_precision_makers(self) -> dict[str, _turns.Maker]:
        play = functools.partial
        found: dict[str, _turns.Maker] = {}
        for dtype in self.low_dtypes:
            if dtype == "bfloat16":  # float16 would need a scaler of the losses
                found[f"PyTorch, {dtype}"] = play(
                    self._torch, frozen=True, fused=True, dtype=dtype
                )
            found[f"keras_gan, {dtype}"] = play(self._mixed, dtype)
            found[f"floor, {dtype}"] = play(self._floor, dtype)
        return found

    def _torch(self, **variant: Any) -> _turns.Entry:
        module, game = self.torch_games, self.game
        opponent = module.GAMES[game.kind](
            torch_networks(game, module),
            self.images,
            game.batch_size,
            game.latent_dim,
            module.optimizer_maker(game.optimizer, game.learning_rate, game.betas),
            module.Variant(**variant),
            self.device,
        )
        entry = _turns.Entry(_turns.stepped(opponent.step, self.num_steps), self.flops)
        attempt = functools.partial(opponent.step, 0)
        if "dtype" in variant:
            entry = entry._replace(dtype=variant["dtype"], patience=PATIENCE)
        needs_proof = "dtype" in variant or "compiled" in variant
        return entry._replace(attempt=attempt) if needs_proof else entry

    def _idiom(self) -> _turns.Entry:
        idiom = KINDS[self.game.kind].idiom
        model = idiom(*networks(self.game), self.game.latent_dim)
        model.compile(self._optimizer(), self._optimizer())
        turn = _turns.fitted(model, self.images, self.game.rows_per_step)
        return _turns.Entry(turn, self.flops)

    def _keras_gan(
        self,
        images: FloatArray | None = None,
        may_fail: bool = False,
        patience: float = math.inf,
        **rules: Any,
    ) -> _turns.Entry:
        game, gan = self.game, self._compiled(**rules)
        images = self.images if images is None else images
        turn = _turns.fitted(gan, images, game.batch_size)
        first = images[: game.rows_per_step]
        attempt = functools.partial(
            gan.fit, first, batch_size=game.batch_size, verbose=0
        )
        entry = _turns.Entry(turn, self.flops, patience=patience)
        return entry._replace(attempt=attempt) if may_fail else entry

    def _simultaneous(self) -> _turns.Entry:
        step = _floor.simultaneous(*networks(self.game))
        entry = self._keras_gan(simultaneous=True)
        return entry._replace(flops=step.flops(self.game.batch_size))

    def _mixed(self, dtype: str) -> _turns.Entry:
        with dtype_policy(f"mixed_{dtype}"):
            entry = self._keras_gan(may_fail=True, patience=PATIENCE)
        return entry._replace(dtype=dtype)

    def _compiled(self, **rules: Any) -> kg.GAN:
        game = self.game
        kind = KINDS[game.kind]
        rules |= kind.rules
        prior = kg.priors.NormalPrior(game.latent_dim)
        gan = kg.GAN(*networks(game), prior, ema_half_life=kind.ema_half_life)
        gan.compile(self._optimizer(), self._optimizer(), **rules)
        return gan

    def _compiled_by_default(self) -> bool:
        return bool(self._compiled().jit_compile)

    def _in_executions(self) -> _turns.Entry:
        """The clock leaves the first execution out, and all of them have one size."""
        executions = 2 + -(-self.num_steps // STEPS_PER_EXECUTION)
        images = noise_images(self.game, executions * STEPS_PER_EXECUTION)
        return self._keras_gan(images, steps_per_execution=STEPS_PER_EXECUTION)

    def _floor(self, dtype: str = "float32") -> _turns.Entry:
        game = self.game
        floor = _floor.Floor(self.step, game.batch_size, game.optimizer, dtype)
        entry = _turns.Entry(_turns.stepped(floor, self.num_steps), self.flops, dtype)
        if dtype == "float32":
            return entry
        return entry._replace(attempt=functools.partial(floor, 0), patience=PATIENCE)

    def _product(self, dtype: str) -> _turns.Entry:
        product = _floor.large_product(self.product_size, dtype)
        turn = _turns.stepped(product, PRODUCT_STEPS)
        return _turns.Entry(turn, 2 * self.product_size**3, dtype)

    def _optimizer(self) -> keras.optimizers.Optimizer:
        game = self.game
        if game.optimizer == "sgd":
            return keras.optimizers.SGD(game.learning_rate, momentum=_MOMENTUM)
        return keras.optimizers.Adam(game.learning_rate, *game.betas)


@contextlib.contextmanager
def dtype_policy(name: str) -> Iterator[None]:
    """Sets the policy of the networks that are built inside."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


# --------------------------------------------------------------------------- measured


def measure(
    name: str, torch_games: ModuleType, device: str, options: argparse.Namespace
) -> dict[str, Any]:
    """Plays one game; prints its table and returns its record."""
    game = GAMES[name]
    torch_games.forget_compiled()
    parameters = check_equal_work(game, torch_games)
    size = 8192 if device == "cuda" else 512 if options.quick else 2048
    table = Table(game, torch_games, device, options.steps, product_size=size)
    makers = table.makers()
    if options.contestants:
        makers = {label: makers[label] for label in options.contestants}
    entries, left_out = _turns.that_run(makers)
    seconds = _turns.in_turns(
        {label: entry.turn for label, entry in entries.items()}, options.rounds
    )
    _turns.print_table(f"{name} on {device}", seconds, [PYTORCH, FLOOR])
    shares = _turns.peak_shares(entries, seconds)
    _turns.print_rates(seconds, shares)
    return {
        "game": game._asdict(),
        "parameters": parameters,
        "product_size": size,
        "flops": {label: entry.flops for label, entry in entries.items()},
        "seconds": seconds,
        "ratios": {base: _turns.ratios(seconds, base) for base in (PYTORCH, FLOOR)},
        "shares_of_peak": shares,
        "left_out": left_out,
    }


def imported_torch_games() -> ModuleType:
    """The opponents; ends the script where PyTorch is missing."""
    try:
        import _torch_games
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        sys.stderr.write(
            "train_step.py compares with PyTorch, which is not installed: "
            'pip install ".[benchmarks]"\n'
        )
        raise SystemExit(2) from error
    return _torch_games


def chosen_device(wanted: str, torch_games: ModuleType) -> str:
    """`"cuda"` where both libraries see a GPU and it is not refused, else `"cpu"`."""
    gpus = tf.config.list_physical_devices("GPU")
    shared = bool(gpus) and torch_games.has_gpu()
    if wanted == "gpu" and not shared:
        raise SystemExit("`--device gpu` needs a GPU that TensorFlow and PyTorch see.")
    if wanted == "cpu" or not shared:
        tf.config.set_visible_devices([], "GPU")
        return "cpu"
    for gpu in gpus:  # TensorFlow would take all of its memory
        tf.config.experimental.set_memory_growth(gpu, True)
    return "cuda"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--games", nargs="+", choices=GAMES, default=list(GAMES))
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--steps", type=int, help="timed steps of a turn")
    parser.add_argument("--contestants", nargs="+", help="those of the table to play")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 3 steps")
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"), default="auto")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 9)
    options.steps = options.steps or (3 if options.quick else 20)
    return options


def main() -> None:
    options = arguments()
    torch_games = imported_torch_games()
    device = chosen_device(options.device, torch_games)
    tf32 = tf.config.experimental.tensor_float_32_execution_enabled()
    torch_games.prepare(device, allow_tf32=tf32)
    record = {
        "device": device,
        "rounds": options.rounds,
        "steps": options.steps,
        "tf32": tf32,
        "pytorch": torch_games.description(),
        "games": {},
    }
    print(f"{record['pytorch']}, TF32 in TensorFlow: {tf32}", flush=True)
    for name in options.games:
        record["games"][name] = measure(name, torch_games, device, options)
        _turns.write_record(options.output_dir / "train_step.json", record)
        keras.backend.clear_session()
        gc.collect()


if __name__ == "__main__":
    main()
