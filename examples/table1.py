"""Table 1 of 2014 from finished runs, beside the paper's own numbers.

    keras-gan train goodfellow2014_mnist --epochs 2160 --output-dir runs/mnist
    keras-gan train goodfellow2014_tfd_pretrain --output-dir runs/tfd1
    keras-gan train goodfellow2014_tfd --pretrained runs/tfd1 --output-dir runs/tfd2
    python examples/table1.py --mnist runs/mnist --faces runs/tfd2

Each run is scored at the epoch with the best Parzen value on validation images, with
10,000 samples, at the best bandwidth of the grid of 2014, as in the paper, and at the
best of all. MNIST: bandwidths by the first 1,000 validation images, ± is the standard
error over test examples. Faces: bandwidths on all validation images of a fold, ± is the
standard error across the five folds; a run on other images than the Toronto Face
Database, such as `--data olivetti`, is marked as a stand-in, whose value compares with
nothing in the paper's column.

A row shows what real images have: training images in the place of samples, as the
record of `examples/table1_comparators.py` holds it.

Beside the table, `learning_curve.png` shows the validation value over epochs of each
run. What came of our runs is in examples/records/table1.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import keras_gan as kg
from keras_gan.datasets.olivetti import NUM_FOLDS
from keras_gan.runs import Run, load_run, record_environment, replacing, write_json
from keras_gan.runs.directory import RunDirectory

Curves = dict[str, list[tuple[int, float]]]  # epochs and values, by name

NUM_SAMPLES = 10_000
PAPER = {
    "DBN": ("138 ± 2", "1909 ± 66"),
    "Stacked CAE": ("121 ± 1.6", "2110 ± 50"),
    "Deep GSN": ("214 ± 1.1", "1890 ± 29"),
    "Adversarial nets": ("225 ± 2", "2057 ± 26"),
}
REAL = Path(__file__).parent / "records/table1/comparators/training_images.json"
FACES = {"tfd": kg.datasets.load_tfd, "olivetti": kg.datasets.load_olivetti}


def score_digits(run: Run) -> Any:
    samples = run.gan.sample(NUM_SAMPLES, seed=0)
    valid = run.data.valid.images[: run.recipe.parzen.num_valid]
    return kg.evaluation.parzen_log_likelihood(samples, valid, run.data.test.images)


def score_faces(run: Run) -> Any:
    load = FACES[run.data.name.partition(",")[0]]
    loaded = [load(run.config["data_dir"], fold=fold) for fold in range(NUM_FOLDS)]
    folds = [(data.valid.images, data.test.images) for data in loaded]
    samples = run.gan.sample(NUM_SAMPLES, seed=0)
    return kg.evaluation.parzen_log_likelihood_over_folds(samples, folds)


def row_of(path: Path, run: Run, score: Any) -> dict[str, Any]:
    return {
        "run": path.name,
        "recipe": run.recipe.name,
        "data": run.data.name,
        "stand_in": run.data.name.startswith("olivetti"),
        "seed": run.config["seed"],
        "epoch": int(run.gan.epochs_completed.numpy()),
        "mean": score.mean,
        "standard_error": score.standard_error,
        "mean_at_best_bandwidth": score.mean_at_best_bandwidth,
        "standard_error_at_best_bandwidth": score.standard_error_at_best_bandwidth,
        "score": str(score),
    }


def read_curve(path: Path) -> list[tuple[int, float]]:
    return [(row["epoch"], row["parzen"]) for row in RunDirectory(path).history()]


def draw_curves(columns: dict[str, Curves], path: Path) -> None:
    """One panel for each column of the table that has runs: their scales differ."""
    figure = Figure(figsize=(1 + 5 * len(columns), 4), layout="constrained")
    panels = figure.subplots(1, len(columns), squeeze=False)[0]
    for axes, (title, curves) in zip(panels, columns.items(), strict=True):
        for name, curve in curves.items():
            axes.plot(*np.transpose(curve), label=name, linewidth=1)
        axes.set(title=title, xlabel="epoch")
        if title == "MNIST":  # the first epochs are far below
            axes.set_ylim(bottom=0)
        axes.ticklabel_format(useOffset=False)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    panels[0].set_ylabel("validation Parzen log-likelihood, nats")
    with replacing(path) as partial:
        figure.savefig(partial, dpi=110, format="png")


def values_of(score: dict[str, Any]) -> tuple[str, str]:
    """The value at the grid's bandwidth, and at the best of all, as they are shown."""
    best = score["mean_at_best_bandwidth"]
    return (
        f"{score['mean']:.1f} ± {score['standard_error']:.1f}",
        f"at the best bandwidth {best:.1f} ± "
        f"{score['standard_error_at_best_bandwidth']:.1f}",
    )


def table_of(rows: list[dict[str, Any]]) -> str:
    lines = ["| model | MNIST | TFD |", "|---|---|---|"]
    lines += [f"| {name} (paper) | {a} | {b} |" for name, (a, b) in PAPER.items()]
    real = json.loads(REAL.read_text("utf-8"))["images"]
    lines.append(f"| real training images | {', '.join(values_of(real))} |  |")
    for row in rows:
        of_grid, of_all = values_of(row)
        value = f"**{of_grid}**, {of_all}"
        name = f"{row['recipe']}, seed {row['seed']}, epoch {row['epoch']}"
        if row["stand_in"]:
            name += f" (stand-in: {row['data'].partition(',')[0]})"
        columns = (value, "") if row["data"] == "mnist" else ("", value)
        lines.append(f"| {name} | {' | '.join(columns)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mnist", nargs="+", type=Path, default=[], metavar="RUN_DIR")
    parser.add_argument("--faces", nargs="+", type=Path, default=[], metavar="RUN_DIR")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/table1"))
    options = parser.parse_args()
    if not options.mnist + options.faces:
        parser.error("name at least one run: --mnist RUN_DIR or --faces RUN_DIR")
    rows: list[dict[str, Any]] = []
    columns: dict[str, Curves] = {}
    for title, paths, score in (
        ("MNIST", options.mnist, score_digits),
        ("faces", options.faces, score_faces),
    ):
        for path in paths:
            run = load_run(path, best=True)
            row = row_of(path, run, score(run))
            rows.append(row)
            name = f"{row['recipe']}, seed {row['seed']}"
            columns.setdefault(title, {})[name] = read_curve(path)
            print(f"{path}: {row['score']} (epoch {row['epoch']})", flush=True)
    print(table_of(rows))
    options.output_dir.mkdir(parents=True, exist_ok=True)
    draw_curves(columns, options.output_dir / "learning_curve.png")
    record = {"num_samples": NUM_SAMPLES, "rows": rows}
    record["environment"] = record_environment()
    write_json(options.output_dir / "table1.json", record)
    with replacing(options.output_dir / "table1.md") as partial:
        partial.write_text(table_of(rows), encoding="utf-8")
    print(f"Written: {options.output_dir}")


if __name__ == "__main__":
    main()
