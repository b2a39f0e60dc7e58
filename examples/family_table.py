"""The image families beside each other and beside held-out real data, in one table.

    keras-gan train dcgan --data-dir DIR --output-dir runs/dcgan
    keras-gan evaluate runs/dcgan --data-dir DIR
    python examples/family_table.py runs/dcgan runs/lsgan runs/r3gan …

Takes finished runs and trains nothing: the scores are those of each run's
`evaluation.json`, which holds their protocol (10,000 samples, features of the digit
classifier), the minutes those of its `history.jsonl`, its epochs' and what was measured
after each. Several runs of one recipe, of other seeds, share a row: means, with the
standard error over seeds. `families.png` shows the last samples of the first of each.

Of the recipes on MNIST: Frechet distance 0.81 (default) and 0.87 (r3gan), 4.1 (lsgan)
to 5.8 (wgan_gp), 12.0 (wgan); examples/records/families has all.
"""

import argparse
import json
import math
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.image import imread

from keras_gan.runs import RunDirectory, replacing, write_json

COLUMNS = {
    "Frechet distance": ("frechet_distance", "value"),
    "precision": ("precision_recall", "precision"),
    "recall": ("precision_recall", "recall"),
    "density": ("density_coverage", "density"),
    "coverage": ("density_coverage", "coverage"),
}
"""Name of each column, and where its value stands."""

HELD_OUT = "held-out real data"
PICTURES_IN_A_ROW = 4


def record_of(run: Path) -> dict[str, Any]:
    """What the table says of one run."""
    path = run / "evaluation.json"
    if not path.exists():
        raise SystemExit(f"{path} is missing: keras-gan evaluate {run}")
    evaluation = json.loads(path.read_text(encoding="utf-8"))
    model, scores = evaluation["model"], evaluation["scores"]
    seconds = [row.get("seconds") for row in RunDirectory(run).history()]
    known = seconds and None not in seconds
    return {
        "recipe": model["recipe"],
        "epochs": model["epochs"],
        "seed": model["seed"],
        "minutes": sum(seconds) / 60 if known else None,
        "generated": values_of(scores["generated"]),
        HELD_OUT: values_of(scores["held-out real"]),
        "evaluation": evaluation,
    }


def values_of(scores: dict[str, Any]) -> dict[str, float | None]:
    return {
        column: scores.get(measure, {}).get(value)
        for column, (measure, value) in COLUMNS.items()
    }


def cell_of(values: Sequence[float | None], digits: int) -> str:
    """A mean, and its standard error where there are several values."""
    known = [value for value in values if value is not None]
    if not known:
        return "—"
    text = f"{statistics.mean(known):.{digits}f}"
    if len(known) == 1:
        return text
    error = statistics.stdev(known) / math.sqrt(len(known))
    return f"{text} ± {error:.{digits}f}"


def row_of(records: Sequence[dict[str, Any]]) -> list[str]:
    scores = [
        cell_of([record["generated"][column] for record in records], 3)
        for column in COLUMNS
    ]
    epochs = sorted({record["epochs"] for record in records})
    seeds = sorted(record["seed"] for record in records)
    return [
        f"`{records[0]['recipe']}`",
        *scores,
        ", ".join(map(str, epochs)),
        ", ".join(map(str, seeds)),
        cell_of([record["minutes"] for record in records], 0),
    ]


def table_of(records: Sequence[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(record["recipe"] for record in records))
    rows = [["", *COLUMNS, "epochs", "seeds", "minutes"], ["---"] * (len(COLUMNS) + 4)]
    rows += [
        row_of([one for one in records if one["recipe"] == name]) for name in names
    ]
    real = records[-1][HELD_OUT]
    rows.append([HELD_OUT, *(cell_of([real[one]], 3) for one in COLUMNS), *"———"])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def draw(runs: Sequence[Path], records: Sequence[dict[str, Any]], path: Path) -> None:
    """Draws the last samples of the first run of each recipe that has any."""
    pictures: dict[str, Path] = {}
    for run, record in zip(runs, records, strict=True):
        for sample in sorted(RunDirectory(run).samples.glob("epoch_*.png"))[-1:]:
            pictures.setdefault(record["recipe"], sample)
    if not pictures:
        return
    num_columns = min(len(pictures), PICTURES_IN_A_ROW)
    num_rows = math.ceil(len(pictures) / num_columns)
    figure = Figure((2.5 * num_columns, 2.7 * num_rows), layout="tight")
    panels = [*figure.subplots(num_rows, num_columns, squeeze=False).flat]
    for axes in panels:
        axes.axis("off")
    for axes, (recipe, sample) in zip(panels, pictures.items(), strict=False):
        axes.imshow(imread(sample), cmap="gray")
        axes.set_title(recipe)
    with replacing(path) as partial:
        figure.savefig(partial, dpi=100, format="png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", nargs="+", type=Path, help="evaluated run directories")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/family_table"))
    options = parser.parse_args()
    records = [record_of(run) for run in options.run]
    table = table_of(records)
    print(table)
    with replacing(options.output_dir / "families.md") as partial:
        partial.write_text(table, encoding="utf-8")
    named = {run.name: record for run, record in zip(options.run, records, strict=True)}
    write_json(options.output_dir / "families.json", named)
    draw(options.run, records, options.output_dir / "families.png")


if __name__ == "__main__":
    main()
