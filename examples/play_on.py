"""What a run of 2014 becomes under other rules, or as a moving average.

    python examples/play_on.py RUN_DIR --epochs 10 --factor 100
    python examples/play_on.py RUN_DIR --epochs 60 --ema-half-life 500000
    python examples/play_on.py RUN_DIR --epochs 60 --ema-half-life 500000 --alternating
    python examples/play_on.py RUN_DIR --epochs 100 --heat 4 --ema-half-life 500000

The recipes of 2014 lower their learning rate by 0.2 % an epoch: after 1,000 epochs it
still has 13 % of its start, and each update shakes the generator. This continues a copy
of the run's last epoch, with the momentum of that epoch and velocities that begin at
rest. Both learning rates begin at `--heat` times theirs and fall by `--factor`, in
equal ratios from update to update. With `--ema-half-life` the samples are those of a
moving average of the generator, which takes no part in the game. `--momentum` sets
another one, `--alternating` lets the players take turns, and with
`--whole-discriminator` the generator moves, in its turn, against the discriminator
without dropout. The run itself stays as it is.

Prints the validation value before and after each epoch and the test value at the end,
by the recipe's own protocol and at the best bandwidth of all, and writes them to
`play_on.json` beside the GAN. What it found of the MNIST run is in
examples/records/goodfellow2014_mnist.
"""

import argparse
import math
from pathlib import Path

import keras

import keras_gan as kg
from keras_gan.optimizers import MomentumSGD
from keras_gan.runs import Run, load_run, record_environment, write_json


@keras.saving.register_keras_serializable("play_on")
class AgainstWholeDiscriminator(kg.games.Game):
    """The generator moves against the discriminator without dropout."""

    def judge(self, gan, example, players, training):
        """The discriminator's outputs, without dropout where the generator moves."""
        return gan.judge(example, training and "generator" not in players)


def at_other_rates(
    optimizer: MomentumSGD,
    num_updates: int,
    heat: float,
    factor: float,
    momentum: float | None = None,
) -> MomentumSGD:
    """An optimizer from `heat` times the present rate on, cooling by `factor`."""
    rate = keras.optimizers.schedules.ExponentialDecay(
        heat * float(optimizer.learning_rate), num_updates, 1 / factor
    )
    if momentum is None:
        momentum = float(optimizer.momentum(optimizer.iterations))
    return MomentumSGD(rate, momentum)


def other_game(
    gan: kg.GAN, half_life: float | None, whole_discriminator: bool, seed: int
) -> kg.GAN:
    """The same players at the same epoch, in a GAN of these rules."""
    if half_life is None and not whole_discriminator:
        return gan
    game = AgainstWholeDiscriminator() if whole_discriminator else None
    players = (gan.generator, gan.discriminator, gan.prior)
    other = kg.GAN(*players, game, ema_half_life=half_life, seed=seed)
    for counter in ("train_steps", "epochs_completed"):
        getattr(other, counter).assign(getattr(gan, counter))
    return other


def begin(run: Run, options: argparse.Namespace) -> kg.GAN:
    """Returns the GAN of the run, compiled for its other game."""
    updates_per_epoch = math.ceil(len(run.data.train) / run.recipe.batch_size)
    optimizers = [
        at_other_rates(
            optimizer,
            updates_per_epoch * options.epochs,
            options.heat,
            options.factor,
            options.momentum,
        )
        for optimizer in (run.gan.generator_optimizer, run.gan.discriminator_optimizer)
    ]
    whole = options.whole_discriminator
    gan = other_game(run.gan, options.ema_half_life, whole, run.config["seed"])
    in_turns = run.config["alternating"] or options.alternating or whole
    generator_optimizer, discriminator_optimizer = optimizers
    gan.compile(generator_optimizer, discriminator_optimizer, simultaneous=not in_turns)
    return gan


def play_on(gan: kg.GAN, run: Run, epochs: int) -> dict[str, list[float]]:
    """Trains the GAN and returns its validation values by name, the first of before."""
    monitor = kg.runs.monitor_of(
        "parzen_at_best_bandwidth", run.data, parzen=run.recipe.parzen
    )
    monitor.set_model(gan)
    before: dict[str, float] = {}
    monitor.on_epoch_end(0, before)
    completed = int(gan.epochs_completed.numpy())
    history = gan.fit(
        run.data.train.images,
        batch_size=run.recipe.batch_size,
        epochs=completed + epochs,
        initial_epoch=completed,
        callbacks=[monitor],
        verbose=2,
    )
    return {name: [before[name], *history.history[name]] for name in before}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run_dir", type=Path, metavar="RUN_DIR")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--heat", type=float, default=1.0)
    parser.add_argument("--factor", type=float, default=1.0)
    parser.add_argument("--ema-half-life", type=float, metavar="IMAGES")
    parser.add_argument("--momentum", type=float)
    parser.add_argument("--alternating", action="store_true")
    parser.add_argument("--whole-discriminator", action="store_true")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/play_on"))
    options = parser.parse_args()
    if options.epochs < 1 or options.heat <= 0 or options.factor < 1:
        parser.error("--epochs and --factor must be at least 1, and --heat above 0")
    run = load_run(options.run_dir)
    if not isinstance(run.gan.generator_optimizer, MomentumSGD):
        parser.error(f"{run.recipe.name} is no recipe of 2014: they use MomentumSGD")
    first = int(run.gan.epochs_completed.numpy())
    gan = begin(run, options)
    values = play_on(gan, run, options.epochs)
    protocol = run.recipe.parzen
    test = kg.evaluation.parzen_log_likelihood(
        gan.sample(protocol.num_samples, seed=0),
        run.data.valid.images[: protocol.num_valid],
        run.data.test.images,
        protocol.bandwidths,
    )
    for name, (before, *_, after) in values.items():
        print(f"validation, {name}: {before:.1f} nats before, {after:.1f} after")
    print(f"test: {test}")
    options.output_dir.mkdir(parents=True, exist_ok=True)
    gan.save(options.output_dir / "model.keras")
    record = {
        "recipe": run.recipe.name,
        "seed": run.config["seed"],
        "epochs_before": first,
        "heat": options.heat,
        "factor": options.factor,
        "ema_half_life": options.ema_half_life,
        "momentum": float(gan.generator_optimizer.momentum),
        "simultaneous": gan.rules.simultaneous,
        "whole_discriminator": options.whole_discriminator,
        "valid": values["parzen"],
        "valid_at_best_bandwidth": values["parzen_at_best_bandwidth"],
        "test": test.record(),
        "environment": record_environment(),
    }
    write_json(options.output_dir / "play_on.json", record)
    print(f"Written: {options.output_dir}")


if __name__ == "__main__":
    main()
