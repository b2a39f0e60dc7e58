"""Two players, one number each: gradient steps that never reach the equilibrium.

    python examples/no_equilibrium.py --output-dir runs/no_equilibrium

The game V(x, y) = x y, which x minimizes and y maximizes, has its equilibrium at 0.
Steps of size l along the gradients do not go there:

    both at once     (x, y) <- (x - l y, y + l x)
                     x^2 + y^2 grows by 1 + l^2 at every step: they leave
    in turns         y <- y + l x, then x <- x - l y
                     x^2 + y^2 + l x y stays what it was: they circle

The game of Salimans et al., V(x, y) = (f(x) - 1)(y - 1), with f(x) = x below 0 and x^2
above, has its equilibrium at (1, 1). Both at once run away from it as well; with a
historical average of weight 0.1 on each player they come within 1e-3 of it in 40,000
steps of 0.01.

All four are played by `kg.GAN` itself: the generator's only weight is x, the
discriminator's y, its logit V(x, y); the averages are `kg.terms.HistoricalAveraging`.

Expected: the distances of `x y` follow the closed forms to 1e-6; the averaged game ends
1.2e-4 from its equilibrium, the plain one farther away than it began. Less than a
minute; the script ends with status 1 if one of these fails. Picture and record are in
examples/records/no_equilibrium.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import keras_gan as kg
from keras_gan.runs import record_environment, replacing, write_json

Value = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]

RATE, AVERAGED_RATE, WEIGHT = 0.1, 0.01, 0.1
STEPS_PER_POINT = 10  # of the second game's paths


def itself(latents: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
    """Returns the number, whatever the latents."""
    return 0 * latents + number


def product(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """The bilinear game, equilibrium (0, 0)."""
    return x * y


def half_parabola(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """The game of Salimans et al., equilibrium (1, 1)."""
    return (tf.where(x < 0, x, x**2) - 1) * (y - 1)


# --------------------------------------------------------- two numbers as two networks


class Player(keras.layers.Layer):
    """Its only weight, made of the inputs by a function of both, row by row."""

    def __init__(self, start: float, function: Value) -> None:
        super().__init__()
        self.start, self.function = start, function
        self.number = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(start)
        )

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the function of inputs `[batch, 1]` and the number."""
        return self.function(inputs, self.number)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments, by which a file holds the player."""
        return {"start": self.start, "function": self.function}


class ValueItself(kg.objectives.Objective):
    """The logit is V: the generator minimizes it, the discriminator maximizes it."""

    def discriminator_loss(
        self, real_logits: tf.Tensor, fake_logits: tf.Tensor
    ) -> tf.Tensor:
        """Returns -V."""
        return -tf.reduce_mean(fake_logits)

    def generator_loss(
        self, fake_logits: tf.Tensor, real_logits: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns V."""
        return tf.reduce_mean(fake_logits)


def build_game(
    value: Value, start: tuple[float, float], rate: float, **rules: Any
) -> kg.GAN:
    """A GAN whose generator is x, whatever the latents, and whose judge is y."""
    x = Player(start[0], itself)
    y = Player(start[1], value)
    gan = kg.GAN(
        keras.Sequential([keras.Input((1,)), x]),
        keras.Sequential([keras.Input((1,)), y]),
        kg.priors.UniformPrior(1),
    )
    optimizers = (keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    gan.compile(*optimizers, objective=ValueItself(), **rules)
    return gan


class Path2D(keras.callbacks.Callback):
    """Where both players are, before the first step and after each execution."""

    def __init__(self) -> None:
        super().__init__()
        self.points: list[tuple[float, float]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        """Notes where they start."""
        self._note()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Notes where they went."""
        self._note()

    def _note(self) -> None:
        networks = self.model.generator, self.model.discriminator
        x, y = (float(one.trainable_variables[0].numpy()) for one in networks)
        self.points.append((x, y))


def play(gan: kg.GAN, num_steps: int) -> np.ndarray:
    """Plays; returns points `[1 + num_executions, 2]`. The data do not matter."""
    path = Path2D()
    gan.fit(
        np.zeros((num_steps, 1), "float32"), batch_size=1, callbacks=[path], verbose=0
    )
    return np.array(path.points)


# ---------------------------------------------------------------------------- by hand


def at_once(points: np.ndarray, rate: float) -> np.ndarray:
    """One step of `x y` in which both answer the other's old place; float64 `[2]`."""
    x, y = points
    return np.array([x - rate * y, y + rate * x])


def in_turns(points: np.ndarray, rate: float) -> np.ndarray:
    """One step of `x y` in which y moves first, as the discriminator does."""
    x, y = points
    y = y + rate * x
    return np.array([x - rate * y, y])


def simulate(
    step: Callable[[np.ndarray, float], np.ndarray],
    start: Sequence[float],
    rate: float,
    num_steps: int,
) -> np.ndarray:
    """Points `[1 + num_steps, 2]` in float64."""
    points = [np.array(start, "float64")]
    for _ in range(num_steps):
        points.append(step(points[-1], rate))
    return np.array(points)


def growth(rate: float, num_steps: int | np.ndarray) -> Any:
    """By how much the distance of both at once from 0 has grown, in closed form."""
    return (1 + rate**2) ** (np.asarray(num_steps) / 2)


def invariant(points: np.ndarray, rate: float) -> np.ndarray:
    """What play in turns does not change: x^2 + y^2 + l x y of points `[num, 2]`."""
    x, y = points.T
    return x**2 + y**2 + rate * x * y


# ------------------------------------------------------------------------------- main


def distances(points: np.ndarray, equilibrium: Sequence[float]) -> np.ndarray:
    return np.hypot(*(points - equilibrium).T)


def play_all(num_steps: int, num_averaged: int) -> dict[str, np.ndarray]:
    """The paths of the four games."""
    paths = {}
    for name, simultaneous in (("at once", True), ("in turns", False)):
        gan = build_game(product, (1.0, 0.0), RATE, simultaneous=simultaneous)
        paths[name] = play(gan, num_steps)
    for name, terms in (
        ("plain", []),
        (
            "averaged",
            [
                kg.terms.HistoricalAveraging(WEIGHT, player=player)
                for player in ("discriminator", "generator")
            ],
        ),
    ):
        gan = build_game(
            half_parabola,
            (0.5, 0.0),
            AVERAGED_RATE,
            simultaneous=True,
            terms=terms,
            steps_per_execution=STEPS_PER_POINT,
        )
        # Left to itself it would overflow after 27,648 steps.
        steps = num_averaged if terms else num_averaged // 2
        paths[name] = play(gan, steps)
    return paths


def measure(paths: dict[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    """What was received, and what it must stay below, by statement."""
    leaving = distances(paths["at once"], (0, 0))
    expected = growth(RATE, np.arange(len(leaving)))
    kept = invariant(paths["in turns"], RATE)
    plain, averaged = (distances(paths[one], (1, 1)) for one in ("plain", "averaged"))
    return {
        "at once: |distance / (1 + l^2)^(t/2) - 1|": (
            float(np.abs(leaving / expected - 1).max()),
            1e-4,
        ),
        "in turns: change of x^2 + y^2 + l x y": (
            float(np.abs(kept - kept[0]).max()),
            1e-4,
        ),
        "plain: first over largest distance of the last quarter": (
            float(plain[0] / plain[-len(plain) // 4 :].max()),
            1.0,
        ),
        "averaged: last distance": (float(averaged[-1]), 1e-3),
    }


def draw(grid: Sequence[Axes], paths: dict[str, np.ndarray]) -> None:
    plane, growths, circles, approach = grid
    for color, name in (("C3", "at once"), ("C0", "in turns")):
        plane.plot(*paths[name].T, color, linewidth=0.8, label=name)
        steps = np.arange(len(paths[name]))
        growths.semilogy(steps, distances(paths[name], (0, 0)), color, label=name)
    growths.semilogy(
        steps, growth(RATE, steps), "k--", linewidth=1, label="(1 + l²)^(t/2)"
    )
    plane.set(title="V = x y", xlabel="x, minimizes", ylabel="y, maximizes")
    growths.set(title="distance from the equilibrium", xlabel=f"steps of {RATE}")
    for color, name in (("C3", "plain"), ("C2", "averaged")):
        circles.plot(*paths[name].T, color, linewidth=0.8, label=name)
        steps = STEPS_PER_POINT * np.arange(len(paths[name]))
        approach.semilogy(steps, distances(paths[name], (1, 1)), color, label=name)
    circles.set(title="V = (f(x) - 1)(y - 1)", xlabel="x", ylabel="y")
    circles.set(xlim=(-1.5, 3.5), ylim=(-1.5, 3.5))
    approach.set(title="distance from (1, 1)", xlabel=f"steps of {AVERAGED_RATE}")
    approach.locator_params(axis="x", nbins=5)
    for axes, point in ((plane, (0, 0)), (circles, (1, 1))):
        axes.plot(*point, "k+", markersize=10)
        axes.set_aspect("equal")
    for axes in grid:
        axes.legend(fontsize=7)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=500, help="of the game x y")
    parser.add_argument(
        "--averaged-steps", type=int, default=40_000, help="of the other game"
    )
    parser.add_argument("--output-dir", type=Path, default=Path("runs/no_equilibrium"))
    options = parser.parse_args()
    paths = play_all(options.steps, options.averaged_steps)
    measures = measure(paths)
    for statement, (received, limit) in measures.items():
        verdict = "holds" if received < limit else "FAILS"
        print(f"{verdict}  {statement:54} {received:.1e}, below {limit:.0e}")
    figure = Figure(figsize=(9, 8), layout="constrained")
    draw(figure.subplots(2, 2).ravel(), paths)
    path = options.output_dir / "no_equilibrium.png"
    with replacing(path) as partial:
        figure.savefig(partial, dpi=100, format="png")
    record = {
        "protocol": {"steps": options.steps, "averaged_steps": options.averaged_steps},
        "measures": {name: received for name, (received, _) in measures.items()},
        "environment": record_environment(),
    }
    write_json(options.output_dir / "no_equilibrium.json", record)
    print(f"Written: {path}")
    sys.exit(not all(received < limit for received, limit in measures.values()))


if __name__ == "__main__":
    main()
