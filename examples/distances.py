"""KL, Jensen-Shannon and Wasserstein side by side: what each says of two distributions.

    python examples/distances.py --output-dir runs/distances

- Two Gaussians: Kullback-Leibler both ways, which differ, and Jensen-Shannon, which
  does not, with their integrands shaded. KL is checked against its closed form.
- Two parallel lines, (0, Z) and (theta, Z): W = |theta|, while JS = log 2, TV = 1 and
  KL = infinity at every theta but 0.
- Two rows of earth, (3, 2, 1, 4) and (1, 2, 4, 3): 5 units of work, the transport plan
  that needs no more, and the linear program that finds none better.
- Real N(0, 1) and fake N(5, 1): the best D, sigmoid(12.5 - 5 x), is flat where the
  fakes are; the best critic, of slope -1, leads to the data from anywhere. Beside both
  a D and a critic that `kg.GAN` trained on samples. A gradient penalty of finite weight
  lets the critic be steeper: by 1 + (F_real - F_fake) / (2 weight rho), with rho the
  density of the points where slopes are penalized, here by a quarter.

Expected: closed forms are met to 1e-6; where data or fakes are, the trained D is within
0.001 of the best one on average; the trained critic's slope is within 0.01 of the best
penalized one. Half a minute; the script ends with status 1 if one of these fails by
far. Picture and record are in examples/records/distances.
"""

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.optimize import linprog
from scipy.special import expit
from scipy.stats import norm
from tensorflow_probability import distributions as tfd

import keras_gan as kg
from keras_gan.divergences import (
    js_divergence,
    kl_divergence,
    optimal_discriminator,
    total_variation,
    wasserstein_1,
)
from keras_gan.runs import record_environment, replacing, write_json

Check = tuple[str, float, float]
"""A statement, by how much it was missed, and by how much it may be."""


def normal(mean: float, stddev: float = 1.0) -> tfd.Normal:
    """A Gaussian on the line in float64."""
    return tfd.Normal(np.float64(mean), np.float64(stddev))


# ---------------------------------------------------------------- two Gaussians, shaded

P, Q = (-1.0, 1.0), (1.0, 1.6)  # means and standard deviations


def gaussian_kl(p: tuple[float, float], q: tuple[float, float]) -> float:
    """KL(p, q) of two Gaussians in closed form."""
    (p_mean, p_stddev), (q_mean, q_stddev) = p, q
    ratio = (p_stddev**2 + (p_mean - q_mean) ** 2) / (2 * q_stddev**2)
    return math.log(q_stddev / p_stddev) + ratio - 0.5


def draw_gaussians(panels: Sequence[Axes]) -> Iterator[Check]:
    x = np.linspace(-6, 8, 800)
    p, q = norm.pdf(x, *P), norm.pdf(x, *Q)
    log_p, log_q = norm.logpdf(x, *P), norm.logpdf(x, *Q)
    log_m = np.logaddexp(log_p, log_q) - math.log(2)
    js = (p * (log_p - log_m) + q * (log_q - log_m)) / 2
    pair = normal(*P), normal(*Q)
    drawn = {
        "KL(p, q)": (p * (log_p - log_q), kl_divergence(*pair)),
        "KL(q, p)": (q * (log_q - log_p), kl_divergence(*reversed(pair))),
        "JS(p, q) = JS(q, p)": (js, js_divergence(*pair)),
    }
    for axes, (name, (integrand, value)) in zip(panels, drawn.items(), strict=True):
        axes.plot(x, p, "k:", label="p")
        axes.plot(x, q, "C2-", linewidth=1, label="q")
        axes.fill_between(x, integrand, color="C0", alpha=0.4, label="integrand")
        axes.set_title(f"{name} = {value:.3f} nats", fontsize=9)
        axes.set_ylim(-0.3, 0.8)
        axes.legend(fontsize=6)
    yield "KL(p, q) of Gaussians", abs(drawn["KL(p, q)"][1] - gaussian_kl(P, Q)), 1e-6
    yield "KL(q, p) of Gaussians", abs(drawn["KL(q, p)"][1] - gaussian_kl(Q, P)), 1e-6
    difference = abs(js_divergence(*pair) - js_divergence(*reversed(pair)))
    yield "JS is the same both ways", difference, 1e-9


# ----------------------------------------------------------------------- parallel lines


def line_distances(theta: float) -> dict[str, float]:
    """Distances of (0, Z) and (theta, Z), Z uniform: each point moves straight across.

    What they share cancels, so that they are those of two points on the line.
    """
    if theta == 0:
        return dict.fromkeys(("W", "JS", "KL", "TV"), 0.0)
    here, there = [1.0, 0.0], [0.0, 1.0]
    return {
        "W": wasserstein_1(here, there, positions=[0.0, theta]),
        "JS": js_divergence(here, there),
        "KL": kl_divergence(here, there),
        "TV": total_variation(here, there),
    }


def draw_lines(axes: Axes) -> Iterator[Check]:
    thetas = np.linspace(-1, 1, 41)
    curves = [line_distances(float(theta)) for theta in thetas]
    for name, color in (("W", "C0"), ("JS", "C3"), ("TV", "C1")):
        values = np.array([curve[name] for curve in curves])
        if name == "W":
            axes.plot(thetas, values, color, label="W = |theta|")
            yield "W of parallel lines", float(np.abs(values - abs(thetas)).max()), 1e-9
            continue
        away = np.where(thetas == 0, np.nan, values)
        label = {"JS": "JS = log 2", "TV": "TV = 1"}[name]
        axes.plot(thetas, away, color, label=label)
        axes.plot(0, 0, "o", color=color, markersize=4)
    axes.set(
        title="parallel lines at a distance of theta", xlabel="theta; KL is infinite"
    )
    axes.legend(fontsize=7)
    missed = abs(line_distances(0.3)["JS"] - math.log(2))
    yield "JS of parallel lines is log 2", missed, 1e-12
    yield "their KL is infinite", float(line_distances(0.3)["KL"] != math.inf), 0.0


# ----------------------------------------------------------------------- piles of earth

EARTH, WANTED = (3, 2, 1, 4), (1, 2, 4, 3)


def transport_plan(p: Sequence[float], q: Sequence[float]) -> np.ndarray:
    """Mass moved from place to place: on the line no mass needs to overtake other."""
    left, open_ = np.array(p, "float64"), np.array(q, "float64")
    plan = np.zeros((len(p), len(q)))
    source = target = 0
    while source < len(p) and target < len(q):
        moved = min(left[source], open_[target])
        plan[source, target] += moved
        left[source] -= moved
        open_[target] -= moved
        source, target = source + (left[source] == 0), target + (open_[target] == 0)
    return plan


def least_work(p: Sequence[float], q: Sequence[float]) -> float:
    """The same by linear programming over all plans, whatever they overtake."""
    costs = np.abs(np.arange(len(p))[:, None] - np.arange(len(q)))
    rows = np.kron(np.eye(len(p)), np.ones(len(q)))
    columns = np.kron(np.ones(len(p)), np.eye(len(q)))
    result = linprog(
        costs.ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.concatenate([p, q])
    )
    return float(result.fun)


def draw_earth(piles: Axes, plan_axes: Axes) -> Iterator[Check]:
    plan, places = transport_plan(EARTH, WANTED), np.arange(len(EARTH))
    work = float(np.sum(plan * np.abs(places[:, None] - places)))
    piles.bar(places - 0.2, EARTH, 0.4, color="C0", label="earth")
    piles.bar(places + 0.2, WANTED, 0.4, color="C2", label="wanted")
    piles.set(title=f"W = {work:g}", xticks=places, xlabel="place")
    piles.legend(fontsize=7)
    plan_axes.imshow(plan, cmap="Blues")
    for (row, column), mass in np.ndenumerate(plan):
        if mass:
            plan_axes.text(column, row, f"{mass:g}", ha="center", va="center")
    plan_axes.set(title="its transport plan", xlabel="to", ylabel="from")
    plan_axes.set(xticks=places, yticks=places)
    yield "the plan's work is W", abs(work - wasserstein_1(EARTH, WANTED)), 1e-9
    yield "which is 5", abs(work - 5), 1e-9
    yield "and no plan does with less", abs(work - least_work(EARTH, WANTED)), 1e-9


# ------------------------------------------------------ the best D, the best critic

REAL_MEAN, FAKE_MEAN = 0.0, 5.0
PENALTY = 10.0


def penalized_slope(x: np.ndarray) -> np.ndarray:
    """Steepness of the critic that is best with the gradient penalty, at points `[n]`.

    It maximizes the integral of s (F_real - F_fake) - weight rho (s - 1)^2 over x, each
    x by itself; rho is the density of e x + (1 - e) y, e uniform.
    """
    nodes, weights = np.polynomial.legendre.leggauss(200)
    share = (nodes + 1) / 2
    means, stddevs = (1 - share) * FAKE_MEAN, np.hypot(share, 1 - share)
    rho = norm.pdf(x[:, None], means, stddevs) @ weights / 2
    between = norm.cdf(x, REAL_MEAN) - norm.cdf(x, FAKE_MEAN)
    return 1 + between / (2 * PENALTY * rho)


def trained_judge(kind: str, num_steps: int) -> keras.Model:
    """A discriminator or a critic by `fit`, against a generator that stands still."""
    keras.utils.set_random_seed(0)
    standing = keras.layers.Dense(
        1, kernel_initializer="ones", bias_initializer=keras.initializers.Constant(5.0)
    )
    dense = [keras.layers.Dense(64, "tanh") for _ in range(2)]
    judge = keras.Sequential([keras.Input((1,)), *dense, keras.layers.Dense(1)])
    generator = keras.Sequential([keras.Input((1,)), standing])
    gan = kg.GAN(generator, judge, kg.priors.NormalPrior(1))
    rate = keras.optimizers.schedules.CosineDecay(5e-3, num_steps)
    is_critic = kind == "critic"
    gan.compile(
        keras.optimizers.SGD(0.0),
        keras.optimizers.Adam(rate),
        objective="wasserstein" if is_critic else "minimax",
        terms=[kg.terms.GradientPenalty(PENALTY)] if is_critic else [],
        steps_per_execution=min(50, num_steps),
    )
    real = kg.datasets.gaussian_1d(REAL_MEAN).sample(256 * num_steps, seed=0)
    gan.fit(real, batch_size=256, verbose=0)
    return judge


def draw_judges(axes: Axes, num_steps: int) -> Iterator[Check]:
    x = np.linspace(-4, 9, 400)
    real, fake = norm.pdf(x, REAL_MEAN), norm.pdf(x, FAKE_MEAN)
    best = optimal_discriminator(normal(REAL_MEAN), normal(FAKE_MEAN))(x)
    middle = (REAL_MEAN + FAKE_MEAN) / 2
    logits, critic = (
        trained_judge(kind, num_steps).predict(x[:, None], verbose=0)[:, 0]
        for kind in ("discriminator", "critic")
    )
    critic = critic - np.interp(middle, x, critic)  # only differences tell
    axes.fill_between(x, 2 * real, color="k", alpha=0.15, label="real N(0, 1)")
    axes.fill_between(x, 2 * fake, color="C2", alpha=0.25, label="fake N(5, 1)")
    axes.plot(x, best, "C3--", label="best D")
    axes.plot(x, expit(logits), "C3", linewidth=1, label="trained D")
    axes.plot(x, middle - x, "C0--", label="best critic, slope -1")
    slope = penalized_slope(x)
    steeper = -np.cumsum(slope) * (x[1] - x[0])
    steeper -= np.interp(middle, x, steeper)
    axes.plot(x, steeper, "C4--", label="best with the penalty")
    axes.plot(x, critic, "C0", linewidth=1, label="trained with it")
    axes.set(title="what a generator climbs", ylim=(-4, 4))
    axes.legend(fontsize=6, ncols=3, loc="lower left")
    by_hand = expit((FAKE_MEAN**2 - 2 * FAKE_MEAN * x) / 2)
    yield "the best D is sigmoid(12.5 - 5 x)", float(np.abs(best - by_hand).max()), 1e-9
    distance = wasserstein_1(normal(REAL_MEAN), normal(FAKE_MEAN))
    yield "the distance is 5", abs(distance - FAKE_MEAN), 1e-6
    missed = np.average(np.abs(expit(logits) - best), weights=real + fake)
    yield "the trained D is the best one", float(missed), 0.02
    missed = np.average(np.abs(-np.gradient(critic, x) - slope), weights=real + fake)
    yield "the trained critic has the best slope", float(missed), 0.1


# ------------------------------------------------------------------------------- main


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--num-steps", type=int, default=2_000, help="of D and critic")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/distances"))
    options = parser.parse_args()
    figure = Figure(figsize=(11, 9.5), layout="constrained")
    top, middle, bottom = figure.subfigures(3, 1)
    lines, earth, plan = middle.subplots(1, 3)
    checks = [
        *draw_gaussians(top.subplots(1, 3, sharey=True)),
        *draw_lines(lines),
        *draw_earth(earth, plan),
        *draw_judges(bottom.subplots(), options.num_steps),
    ]
    for statement, missed_by, tolerance in checks:
        verdict = "holds" if missed_by <= tolerance else "FAILS"
        print(
            f"{verdict}  {statement:40} missed by {missed_by:.1e}, of {tolerance:.0e}"
        )
    path = options.output_dir / "distances.png"
    with replacing(path) as partial:
        figure.savefig(partial, dpi=100, format="png")
    record = {
        "protocol": {"num_steps": options.num_steps},
        "missed_by": {statement: missed_by for statement, missed_by, _ in checks},
        "environment": record_environment(),
    }
    write_json(options.output_dir / "distances.json", record)
    print(f"Written: {path}")
    sys.exit(not all(missed_by <= tolerance for _, missed_by, tolerance in checks))


if __name__ == "__main__":
    main()
