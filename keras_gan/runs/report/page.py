"""The page about one run."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from keras_gan import _run_files as files
from keras_gan._durations import in_words
from keras_gan._files import replacing
from keras_gan._html import Html, element
from keras_gan._types import Config
from keras_gan.runs.directory import RunDirectory
from keras_gan.runs.report.charts import Level, chart, written
from keras_gan.runs.report.facts import (
    GENERATED,
    HELD_OUT,
    OUTPUTS,
    PLAYERS,
    TERMS,
    Facts,
    range_of_outputs,
)
from keras_gan.runs.report.html import page, section, table
from keras_gan.runs.report.pictures import Frame, Pictures

_MOST_JSON = 100_000  # letters of each configuration
_DRAWN = {
    files.INTERPOLATIONS: (
        "Interpolations",
        "Each row walks from one latent vector to another: images along the way change "
        "without a jump where the generator has learned more than its data.",
    ),
    files.NEAREST: (
        "Nearest training pictures",
        "In each row samples, the last of them beside the framed training picture that "
        "is nearest to it, by pixels.",
    ),
}


def write_report(directory: RunDirectory, pictures: Pictures | None = None) -> Path:
    """Writes `report.html` into the folder of a run, whole or not at all.

    Args:
        directory: `RunDirectory`.
        pictures: `Pictures` of an earlier report, which are not packed again, or
            `None`. Defaults to `None`.

    Returns:
        path: of the page.

    Raises:
        FileNotFoundError: if there is no run.
        ValueError: if it is a file alone, or a file of the run is damaged.
    """
    text = report_of(Facts.of(directory), pictures or Pictures())
    with replacing(directory.report) as partial:
        partial.write_text(text, encoding="utf-8")
    return directory.report


def report_of(facts: Facts, pictures: Pictures) -> str:
    """Returns the page."""
    frames = pictures.frames(facts.directory.samples)
    return page(
        f"{facts.name}: report of a run",
        element("h1", facts.name),
        summary(facts),
        section("Samples over training", film(frames)),
        section("Training data", _real(facts, pictures)),
        section("Curves of the game", _curves(facts)),
        section("Measures over training", _measures(facts)),
        section("Evaluation", *_evaluation(facts)),
        *_drawn(facts, pictures),
        section("Warnings", _warnings(facts)),
        section("Configuration", *_configuration(facts)),
        section("Time and machine", *_timing(facts)),
    )


def summary(facts: Facts) -> Html:
    """What the run is and how far it came, as pairs."""
    record, best = facts.record, facts.best
    status = str(record.get("status", "unknown"))
    if record.get("reason"):
        status += f": {record['reason']}"
    asked = record.get("epochs_asked") or facts.config.get("epochs")
    completed = (
        f"{facts.epochs_completed} of {asked}" if asked else facts.epochs_completed
    )
    data = record.get("dataset") or {}
    pairs = {
        "Status": status,
        "Epochs": completed,
        "Recipe": facts.config.get("recipe"),
        "Data": _data_in_words(data),
        "Seed": record.get("seed"),
        "Best epoch": best
        and f"{best.get('epoch')}, {best.get('monitor')} {written(best.get('value'))}",
    }
    return _pairs(pairs)


def film(frames: Sequence[Frame]) -> Html:
    """The samples of the same latents, epoch by epoch."""
    if not frames:
        return Html("")
    last = frames[-1]
    images = [
        element(
            "img",
            src=frame.address,
            alt=f"Samples after epoch {frame.epoch}",
            data_epoch=str(frame.epoch),
            hidden=frame is not last,
        )
        for frame in frames
    ]
    slider = element(
        "input",
        type="range",
        min="0",
        max=str(len(frames) - 1),
        value=str(len(frames) - 1),
        step="1",
        aria_label="Epoch of the samples",
        aria_valuetext=f"epoch {last.epoch}",
    )
    controls = element(
        "div",
        element("button", "Play", type="button"),
        slider,
        element("output", f"epoch {last.epoch}"),
        class_="controls",
        hidden=len(frames) == 1,
    )
    told = "The same latents after each epoch"
    if len(frames) > 1:
        told += f"; {len(frames)} epochs from {frames[0].epoch} to {last.epoch}."
    return element(
        "figure", element("figcaption", told), *images, controls, class_="film"
    )


def _real(facts: Facts, pictures: Pictures) -> Html:
    """Some of what the generator learned from, in the layout of the samples."""
    address = pictures.address(facts.directory.samples / files.REAL)
    if address is None:
        return Html("")
    told = "Drawn at random from the training data."
    return _picture(address, "Training data, in the samples' layout", told)


def _picture(address: str, described: str, told: str) -> Html:
    image = element("img", src=address, alt=described)
    return element("figure", element("figcaption", told), image, class_="film")


def _curves(facts: Facts) -> Html:
    """Losses, what the discriminator says, and each term by itself."""
    players, terms = (facts.keys(of) for of in (PLAYERS, TERMS))
    charts = []
    if players:
        curves = [facts.curve(key) for key in players]
        note = "d_loss is the discriminator's, g_loss the generator's."
        charts.append(chart("Losses of the players", curves, note=note))
    if facts.keys(OUTPUTS):
        curves = [facts.curve(key) for key in facts.keys(OUTPUTS)]
        title = "What the discriminator says of real and generated samples"
        note = (
            "Of the games of 2014 the probability of being real, 0.5 where it cannot "
            "tell them apart; of critics and the like the mean logit (in histories "
            "of older versions its sigmoid)."
        )
        ends = range_of_outputs(curves)
        charts.append(chart(title, curves, value_range=ends, note=note))
    told = {"penalty": "the discriminator", "g_penalty": "the generator"}
    for key in terms:
        note = f"What terms add to the loss of {told[key]}."
        charts.append(chart(key, [facts.curve(key)], note=note))
    return element("div", *charts, class_="charts") if charts else Html("")


def _measures(facts: Facts) -> Html:
    charts = []
    for key in facts.measures():
        real, levels, note = facts.value(key, HELD_OUT), [], ""
        if real.get("value") is not None and facts.has_features_of(real):
            levels = [Level("held-out real data", real["value"])]
            note = "Real data by the protocol of the evaluation below."
        elif real:
            note = "By other features than the evaluation below."
        charts.append(chart(key, [facts.curve(key)], levels, note=note))
    return element("div", *charts, class_="charts") if charts else Html("")


def _evaluation(facts: Facts) -> Iterator[Html]:
    if not facts.evaluation:
        return
    model = facts.evaluation.get("model") or {}
    if facts.measured():
        rows = [
            (
                name,
                str(facts.value(name).get("better", "")),
                *(with_error(facts.value(name, of)) for of in (GENERATED, HELD_OUT)),
            )
            for name in facts.measured()
        ]
        caption = f"Scores after epoch {model.get('epochs', '?')}"
        yield table(caption, ("measure", "better", GENERATED, HELD_OUT), rows)
    told = facts.evaluation.get("summary") or facts.evaluation.get("report") or ""
    yield element("pre", str(told), tabindex="0", aria_label="Protocol of the scores")


def with_error(value: Config) -> str:
    """A measured number and its standard error."""
    number, error = value.get("value"), value.get("error")
    return written(number) if not error else f"{written(number)} ± {error:.2g}"


def _drawn(facts: Facts, pictures: Pictures) -> Iterator[Html]:
    for name, (title, told) in _DRAWN.items():
        address = pictures.address(facts.directory.pictures / name)
        if address:
            described = f"{title} of generated samples"
            yield section(title, _picture(address, described, told))


def _warnings(facts: Facts) -> Html:
    told = facts.warnings
    if not told:
        return element("p", "None.")
    return element("ul", *[element("li", text) for text in told])


def _configuration(facts: Facts) -> Iterator[Html]:
    config = facts.config
    if config:
        rows = [(name, _plain(value)) for name, value in config.items()]
        yield table("What was asked for and chosen", ("option", "value"), rows)
    for name in ("gan", "compile"):
        if name in facts.record:
            text = json.dumps(facts.record[name], indent=1)
            cut = f"{text[:_MOST_JSON]} …" if len(text) > _MOST_JSON else text
            title = {"gan": "Networks and prior", "compile": "Rules of the game"}[name]
            body = element("pre", cut, tabindex="0", aria_label=title)
            yield element("details", element("summary", title), body)


def _timing(facts: Facts) -> Iterator[Html]:
    seconds, record = facts.seconds(), facts.record
    median = facts.seconds_an_epoch()
    pairs = {
        "Begun": facts.trainings[0].get("started"),
        "Last written": record.get("updated"),
        "In epochs": in_words(sum(seconds)) if seconds else None,
        "An epoch": f"{in_words(median)} at the median" if median else None,
        "Trainings": len(facts.trainings),
        "Devices": ", ".join(record.get("devices") or []),
        **(record.get("environment") or {}),
    }
    yield _pairs(pairs)
    if len(seconds) > 1:
        curve = facts.curve("seconds")
        yield element("div", chart("Seconds of an epoch", [curve]), class_="charts")


def _pairs(pairs: dict[str, Any]) -> Html:
    given = {
        name: value for name, value in pairs.items() if value not in (None, "", {})
    }
    entries = [
        element("div", element("dt", name), element("dd", str(value)))
        for name, value in given.items()
    ]
    return element("dl", *entries)


def _data_in_words(data: Config) -> str:
    shape = data.get("data_shape")
    if not shape:
        return str(data.get("name", ""))
    return (
        f"{data.get('name')}: {data.get('num_train', 0):,} {data.get('data_name', '')} "
        f"of {' x '.join(map(str, shape))}"
    )


def _plain(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value)
