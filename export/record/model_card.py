"""A model card for each artefact: what it is, what it can do, what it cannot."""

import json
from pathlib import Path

from export.contract.contents import Contents
from export.contract.export_format import ExportFormat
from export.contract.metadata import Provenance
from export.contract.names import CLASSIFY, ENCODE
from export.parity.cases import SAMPLES_IN_A_ROW
from export.parity.report import classes_text
from export.record import card_contents
from export.record.pictures import Pictures
from export.record.usage import usage
from keras_gan._files import replacing
from keras_gan._types import Config

_LIMITS = """\
For research, teaching and trying things out: what it makes resembles its training
data, with their gaps and their slant, and nothing else. It is no source of facts, no
stand-in for real data where decisions hang on them, and no guarantee of privacy: a
generator can repeat what it was trained on; the measures say how near it came where
`memorization` is among them. No single measure covers sharpness, variety and novelty at
once, and values compare under one protocol only."""

_KINDS = {CLASSIFY: "Classifier", ENCODE: "Encoder"}


def write(
    path: Path, card: str, provenance: Provenance, pictures: Pictures | None
) -> None:
    """Writes `NAME.md` and, where something can be drawn, `NAME.png` beside it.

    Args:
        path: the artefact.
        card: str, what `text` returned.
        provenance: `Provenance`.
        pictures: `Pictures` that the artefact drew, or `None`.
    """
    if pictures is not None:
        pictures.save(_picture_of(path), provenance)
    else:  # one of an artefact that was here before
        _picture_of(path).unlink(missing_ok=True)
    with replacing(path.with_name(f"{path.name}.md")) as partial:
        partial.write_text(card, encoding="utf-8")


def _picture_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.png")


def text(
    path: Path,
    format: ExportFormat,
    provenance: Provenance,
    contents: Contents,
    record: Config,
    pictures: Pictures | None,
) -> str:
    """Returns the model card, Markdown.

    Args:
        path: the artefact.
        format: `ExportFormat` of the artefact.
        provenance: `Provenance`.
        contents: `Contents` of the artefact.
        record: what stands in `NAME.json`.
        pictures: `Pictures` that the artefact drew, or `None`.
    """
    sections = [
        _front_matter(provenance, contents),
        f"# {_title(provenance, contents)}: {record['file']}",
        _what(contents, record),
        "" if pictures is None else _grid(_picture_of(path).name, pictures, record),
        "## Inputs and outputs\n\n" + card_contents.table(contents, record),
        _how(format, contents, record),
        "## Training\n\n" + _training(provenance),
        "## Measures\n\n" + _measures(provenance),
        "## Agreement with Keras\n\n" + _agreement(contents, record),
        "## Intended use and limits\n\n" + _LIMITS,
        "## License\n\n" + _license(provenance),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _front_matter(provenance: Provenance, contents: Contents) -> str:
    tags = "gan, image-generation" if contents.pixels else "gan"
    lines = ["---", "library_name: keras-gan", f"tags: [{tags}]"]
    # Strings of JSON are strings of YAML: names may hold a comma or a colon.
    if provenance.license:
        lines.append(f"license: {json.dumps(provenance.license)}")
    if provenance.dataset:
        lines.append(f"datasets: [{json.dumps(provenance.dataset)}]")
    return "\n".join([*lines, "---"])


def _title(provenance: Provenance, contents: Contents) -> str:
    kind = _KINDS.get(next(iter(contents.endpoints)), "Prior")
    return provenance.recipe or ("Generator" if contents.data else kind)


def _what(contents: Contents, record: Config) -> str:
    size = f"{record['parity']['num_bytes']:,} bytes"
    weights = f"Weights: {record['weights']}; " if contents.data else ""
    return f"{card_contents.summary(contents, record)} {weights}{size}."


def _grid(name: str, pictures: Pictures, record: Config) -> str:
    text = "Random draws of this very file, not chosen."
    if pictures.condition:
        rows = range(len(pictures.samples) // SAMPLES_IN_A_ROW)
        text += f" A row for each of `{pictures.condition}` {classes_text(rows)}."
    return f"![Generated {record['data_name']}]({name})\n\n{text}"


def _how(format: ExportFormat, contents: Contents, record: Config) -> str:
    text = usage(format, contents, record)
    return f"## How to play it\n\n{text}" if text else ""


def _training(provenance: Provenance) -> str:
    facts = {
        "Data": provenance.dataset,
        "Recipe": provenance.recipe,
        "Epochs": provenance.epochs,
        "Seed": provenance.seed,
        "Made with": provenance.metadata()["producer"],
    }
    return "\n".join(
        f"- {name}: {'not stated' if fact is None else fact}"
        for name, fact in facts.items()
    )


def _measures(provenance: Provenance) -> str:
    evaluation = provenance.evaluation
    if evaluation is None:
        return (
            "Not measured at this epoch. `keras-gan evaluate RUN_DIR` before the "
            "export puts its table here."
        )
    report = evaluation["report"]
    return f"Of the Keras model, at its own precision:\n\n```\n{report}\n```"


def _agreement(contents: Contents, record: Config) -> str:
    parity, quality = record["parity"], record["quality"]
    as_bytes = contents.data is not None and contents.data.dtype == "uint8"
    unit = " gray levels" if as_bytes else ""
    sizes = ", ".join(map(str, parity["batch_sizes"]))
    of_classes = "".join(
        f", `{name}` {classes_text(classes)} each"
        for name, classes in parity["classes"].items()
    )
    text = (
        f"Largest difference {parity['max_abs_error']:.1e}{unit}, mean "
        f"{parity['mean_abs_error']:.1e}{unit}, on fresh inputs (seed "
        f"{parity['seed']}, batches of {sizes}{of_classes}), played in a process of "
        "its own."
    )
    if quality is None:
        return text
    rows = [
        f"| {name} | {value:.5g} | {quality['artefact'][name]:.5g} |"
        for name, value in quality["keras"].items()
    ]
    drawn = f"{quality['num_samples']:,} {record['data_name']}"
    header = f"| of {drawn} | Keras | this file |\n|---|---|---|"
    return "\n".join([text, "", header, *rows])


def _license(provenance: Provenance) -> str:
    return provenance.license or (
        "Not stated. Whoever gives this file away should say, and mind the license of "
        "the training data."
    )
