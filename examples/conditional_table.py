"""Conditional recipes beside each other and beside held-out real data, in one table.

    keras-gan train projection_gan --data-dir DIR --output-dir runs/projection_gan
    keras-gan evaluate runs/projection_gan --data-dir DIR
    python examples/conditional_table.py runs/projection_gan runs/acgan …

Reads the `evaluation.json` of each run, which holds the protocol: 10,000 samples, 1,000
of each class, features of the digit classifier. GAN-test is the share of samples that a
classifier of real images takes for what was asked for; GAN-train that of real test
images that a classifier of samples gets right; Parzen is that of all classes together.
What came of our runs is in examples/records/conditional_mnist.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from keras_gan.runs import replacing, write_json

COLUMNS = {
    "Frechet distance": ("frechet_distance", "value", None),
    "GAN-test": ("class_accuracy", "accuracy", "standard_error"),
    "GAN-train": ("gan_train", "accuracy", "standard_error"),
    "precision": ("precision_recall", "precision", None),
    "recall": ("precision_recall", "recall", None),
    "coverage": ("density_coverage", "coverage", None),
    "Parzen, grid": ("parzen_log_likelihood", "mean", "standard_error"),
    "at the best bandwidth": (
        "parzen_log_likelihood",
        "mean_at_best_bandwidth",
        "standard_error_at_best_bandwidth",
    ),
}
"""Name of each column, and where its value and its standard error stand."""


def row_of(scores: dict[str, Any]) -> dict[str, str]:
    row = {}
    for column, (measure, value, error) in COLUMNS.items():
        score = scores.get(measure, {})
        if value not in score:
            row[column] = "—"
            continue
        digits = 1 if column in ("Parzen, grid", "at the best bandwidth") else 3
        text = f"{score[value]:.{digits}f}"
        spread = score.get(error) if error else None
        row[column] = text if spread is None else f"{text} ± {spread:.{digits}f}"
    return row


def table_of(rows: dict[str, dict[str, str]]) -> str:
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(row.values()) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", nargs="+", type=Path, help="evaluated run directories")
    parser.add_argument(
        "--output-dir", type=Path, default=Path("runs/conditional_table")
    )
    options = parser.parse_args()
    rows, records, kernels = {}, {}, set()
    for run in options.run:
        path = run / "evaluation.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        model, scores = record["model"], record["scores"]
        name = f"`{model['recipe']}`, {model['epochs']} epochs, seed {model['seed']}"
        rows[name] = row_of(scores["generated"])
        real = row_of(scores["held-out real"])
        measured = (column.get("parzen_log_likelihood") for column in scores.values())
        kernels |= {score["num_samples"] for score in measured if score}
        records[run.name] = record
    if len(kernels) > 1:
        parser.error(f"runs have {sorted(kernels)} Parzen kernels: do not compare")
    rows["held-out real data"] = real
    table = table_of(rows)
    if kernels:
        table += f"\nParzen windows of {kernels.pop():,} samples.\n"
    print(table)
    with replacing(options.output_dir / "conditional.md") as partial:
        partial.write_text(table, encoding="utf-8")
    write_json(options.output_dir / "evaluations.json", records)


if __name__ == "__main__":
    main()
