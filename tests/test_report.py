"""The page about a run: what stands on it, and that it needs nobody."""

import base64
import html.parser
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from games import make_tiny_gan, tiny_images
from PIL import Image, features

import keras_gan as kg
from keras_gan._html import element
from keras_gan.commands.main import main
from keras_gan.runs import RunDirectory, RunReport, write_report
from keras_gan.runs.report.charts import Curve, Level, Scale, _labels, chart
from keras_gan.runs.report.comparison import Comparison
from keras_gan.runs.report.facts import range_of_outputs
from keras_gan.runs.report.pictures import Pictures, chosen

STYLE = Path(kg.runs.report.__file__).parent / "report.css"


def noise(size, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3), "uint8")
    return Image.fromarray(pixels)


def write_run(path, num_epochs=3, name="mine", **record):
    """A folder as `keras-gan train` and `evaluate` leave it."""
    (path / "samples").mkdir(parents=True)
    rows = [
        {
            "epoch": epoch,
            "seconds": 2.0,
            "d_loss": 1.5 / epoch,
            "g_loss": 0.5 * epoch,
            "d_real": 0.6,
            "d_fake": 0.4,
            "frechet_distance": 8.0 / epoch,
        }
        for epoch in range(1, num_epochs + 1)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (path / "history.jsonl").write_text(lines)
    for epoch in range(1, num_epochs + 1):
        noise((8, 8), epoch).save(path / "samples" / f"epoch_{epoch:04}.png")
    config = {"recipe": name, "seed": 3, "epochs": num_epochs, "data_dir": None}
    held = {
        "version": 2,
        "seed": 3,
        "status": "finished",
        "reason": None,
        "epochs_completed": num_epochs,
        "config": config,
        "dataset": {"name": "cats", "data_shape": [8, 8, 3], "num_train": 1234},
        "warnings": [{"epoch": 2, "text": "Mode collapse by epoch 2"}],
        **record,
    }
    (path / "run.json").write_text(json.dumps(held))
    best = {"epoch": 3, "monitor": "frechet_distance", "value": 2.5}
    (path / "best.json").write_text(json.dumps(best))
    return path


def write_evaluation(path, value=2.25, real=0.125, features="pixels"):
    rest = {"error": None, "better": "lower", "features": features}
    values = {
        column: {"frechet_distance": {"value": number, **rest}}
        for column, number in (("generated", value), ("held-out real", real))
    }
    doubtful = {"frechet_distance": {"warnings": ["few samples"]}}
    evaluation = {
        "model": {"epochs": 3},
        "values": values,
        "scores": {"generated": doubtful},
        "summary": "cats, values in [0, 1], samples of seed 0",
    }
    (path / "evaluation.json").write_text(json.dumps(evaluation))
    (path / "pictures").mkdir()
    noise((9, 9)).save(path / "pictures" / "interpolations.png")
    noise((7, 7)).save(path / "pictures" / "nearest_training.png")


class Page(html.parser.HTMLParser):
    """Elements with their attributes, whether all were closed, and the text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self._open, self.text = [], [], ""
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in ("img", "input", "meta"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open[-1:] not in (["style"], ["script"]):
            self.text += f" {data}"

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(path):
    return Page(write_report(RunDirectory(path)).read_text("utf-8"))


# ---------------------------------------------------------------------- the page


@pytest.fixture
def run(tmp_path):
    path = write_run(tmp_path / "run")
    write_evaluation(path)
    return path


def test_the_page_needs_nobody(run):
    text = write_report(RunDirectory(run)).read_text("utf-8")
    page = Page(text)
    assert not re.search(r"https?:|url\(|@import|<link|<iframe", text)
    sources = [image["src"] for image in page.all("img")]
    assert len(sources) == 3 + 2
    assert all(source.startswith("data:image/") for source in sources)
    for one in (*page.all("script"), *page.all("style")):
        assert one == {}  # within the page
    (policy,) = (one["content"] for one in page.all("meta") if "http-equiv" in one)
    assert "default-src 'none'" in policy and "img-src data:" in policy


def test_the_page_can_be_read_by_all(run):
    page = page_of(run)
    assert page.all("html") == [{"lang": "en"}] and len(page.all("h1")) == 1
    assert all(image["alt"] for image in page.all("img"))
    drawings = [one for one in page.all("svg") if one.get("aria-hidden") != "true"]
    assert drawings
    assert all(one["role"] == "img" and one["aria-label"] for one in drawings)
    (slider,) = page.all("input")
    assert slider["type"] == "range" and slider["max"] == "2" and slider["aria-label"]
    ids = [one["id"] for _, one in page.elements if "id" in one]
    assert len(set(ids)) == len(ids)
    assert {one["aria-labelledby"] for one in page.all("section")} == set(ids)
    assert any(
        "width=device-width" in one.get("content", "") for one in page.all("meta")
    )
    scrolled = [one for _, one in page.elements if one.get("class") == "scroll"]
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in scrolled)


def test_what_is_known_stands_on_it(run):
    page = page_of(run)
    for told in (
        "3 of 3",
        "cats: 1,234",
        "3, frechet_distance 2.5",
        "held-out real data: 0.125",
        "cats, values in [0, 1], samples of seed 0",
        "Epoch 2: Mode collapse by epoch 2",
        "Evaluation, frechet_distance of generated: few samples",
        "2 s at the median",
        "Interpolations",
        "Nearest training pictures",
    ):
        assert told in page.text
    shown = [image for image in page.all("img") if "data-epoch" in image]
    assert [image["data-epoch"] for image in shown if "hidden" not in image] == ["3"]


@pytest.mark.parametrize(
    ("of_training", "features", "compared"),
    [
        ("pixels", "pixels", True),
        ("efficientnet_lite0", "EfficientNet-Lite0-57934424 at 128 px", True),
        ("efficientnet_lite0", "pixels", False),
        ("efficientnet_lite0", None, True),  # of a measure that looks at none
    ],
)
def test_real_data_are_compared_by_the_same_features(
    tmp_path, of_training, features, compared
):
    path = write_run(tmp_path / "run", features=of_training)
    write_evaluation(path, features=features)
    text = page_of(path).text
    assert ("held-out real data: 0.125" in text) == compared
    assert ("By other features" in text) != compared


@pytest.mark.parametrize(("of_critic", "is_unit"), [(0.4, True), (-31.5, False)])
def test_what_critics_say_has_an_axis_of_its_own(of_critic, is_unit):
    curves = [
        Curve("d_real", [(1, 0.6), (2, None)]),
        Curve("d_fake", [(1, of_critic), (2, 0.5)]),
    ]
    assert range_of_outputs(curves) == ((0.0, 1.0) if is_unit else None)


def test_a_run_that_has_just_begun_has_a_page(tmp_path):
    (tmp_path / "run.json").write_text('{"seed": 0, "status": "running"}')
    page = page_of(tmp_path)
    assert "running" in page.text and page.all("svg") == page.all("input") == []


def test_what_comes_from_files_is_text(tmp_path):
    told = "<script>alert(1)</script>"
    path = write_run(tmp_path / "run", name=told, reason=f'"{told}')
    page = page_of(path)
    assert len(page.all("script")) == 1 and told in page.text
    assert element("p", title='"x"') == '<p title="&quot;x&quot;"></p>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("evaluation.json", "{"),
        ("evaluation.json", '{"values": {"generated": {"recall": {"value": "x"}}}}'),
        ("best.json", "[1]"),
        ("best.json", '{"epoch": 1}'),
        ("history.jsonl", "{}"),
        ("run.json", '{"version": 2, "warnings": ["x"]}'),
    ],
)
def test_a_damaged_file_is_named_and_the_page_stays(run, name, content, capsys):
    before = write_report(RunDirectory(run)).read_bytes()
    (run / name).write_text(content)
    assert main(["report", str(run)]) == 2
    assert name in capsys.readouterr().err
    assert (run / "report.html").read_bytes() == before


def test_a_file_alone_has_no_page(tmp_path, capsys):
    (tmp_path / "gan.keras").write_bytes(b"anything")
    assert main(["report", str(tmp_path / "gan.keras")]) == 2
    assert "must be the folder of a run" in capsys.readouterr().err


def luminance(color):
    """Relative luminance of WCAG 2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    shares = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares
    ]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_colors_stand_out(mode):
    block = re.findall(r":root \{(.*?)\}", STYLE.read_text("utf-8"), re.DOTALL)[mode]
    colors = dict(re.findall(r"--([\w-]+): (#\w{6});", block))

    def contrast(one, ground):
        light, dark = sorted(
            map(luminance, (colors[one], colors[ground])), reverse=True
        )
        return (light + 0.05) / (dark + 0.05)

    for ground in ("ground", "raised"):
        assert contrast("text", ground) >= 7 and contrast("quiet", ground) >= 4.5
    curves = [name for name in colors if name.startswith("color-")]
    assert len(curves) == 6
    assert all(contrast(name, "ground") >= 4.5 for name in [*curves, "level", "accent"])


# -------------------------------------------------------------------- the curves


def commands_of(drawn):
    """Places `(x, y)` of each unbroken line."""
    (path,) = re.findall(r'<path d="([^"]*)"', drawn)
    lines = [line for line in path.split("M") if line]
    return [
        [
            tuple(map(float, place.split()))
            for place in line.replace("h0", "").split("L")
        ]
        for line in lines
    ]


def test_a_curve_goes_through_its_values():
    points = [(1, 0.0), (2, 1.0), (3, None), (4, 0.5), (5, 0.25)]
    drawn = chart("Loss", [Curve("d_loss", points)], value_range=(0.0, 1.0))
    first, second = commands_of(drawn)  # broken where there is no value
    (left, bottom), (_, top) = first
    (x, middle), (right, low) = second
    assert x == pytest.approx(left + 0.75 * (right - left), abs=0.1)
    assert middle == pytest.approx((top + bottom) / 2, abs=0.1)
    assert low == pytest.approx(bottom + 0.25 * (top - bottom), abs=0.1)
    assert "d_loss from 0 in epoch 1 to 0.25 in epoch 5, between 0 and 1" in drawn


def test_a_long_curve_keeps_its_extremes():
    values = np.random.default_rng(0).normal(size=5000)
    values[1234], values[4321] = 9, -9
    points = [(epoch, float(value)) for epoch, value in enumerate(values, start=1)]
    (places,) = commands_of(chart("x", [Curve("x", points)], value_range=(-9.0, 9.0)))
    heights = [y for _, y in places]
    assert len(places) <= 300
    assert min(heights) == 10.0 and max(heights) == 190.0  # the ends of the axis
    assert np.isclose(
        places[int(np.argmin(heights))][0], 52 + 298 * 1234 / 4999, atol=1
    )


def test_values_of_many_sizes_are_drawn_by_their_logarithms():
    drawn = chart("x", [Curve("x", [(1, 1000.0), (2, 10.0), (3, 0.1)])])
    assert "Logarithmic." in drawn
    ((_, first), (_, second), (_, third)), *_ = commands_of(drawn)
    assert second - first == pytest.approx(third - second, abs=0.11)
    assert "Logarithmic." not in chart("x", [Curve("x", [(1, -1000.0), (2, 10.0)])])


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (Scale(0, 1), [0, 0.5, 1]),
        (Scale(-0.13, 1.9), [0, 1]),
        (Scale(0.05, 2000, logarithmic=True), [0.1, 1, 10, 100, 1000]),
        (Scale(3.0, 3.004), [3, 3.001, 3.002, 3.003, 3.004]),
    ],
)
def test_ticks_are_round(scale, expected):
    assert scale.ticks() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (Scale(9000, 21_000), ["1e4", "1.5e4", "2e4"]),
        (Scale(-30_000, 31_000), ["-2e4", "0", "2e4"]),
        (Scale(123_450, 123_454.5), ["123450", "123452", "123454"]),
        (Scale(1000.05, 1000.45), ["1000.1", "1000.2", "1000.3", "1000.4"]),
        (Scale(0.5, 2e12, logarithmic=True), ["1", "1000", "1e6", "1e9", "1e12"]),
        (Scale(0.01, 300, logarithmic=True), ["0.01", "0.1", "1", "10", "100"]),
    ],
)
def test_ticks_say_what_they_stand_at(scale, expected):
    ticks = scale.ticks()
    curve = Curve("x", [(1, scale.low), (2, scale.high)])
    axes = chart("x", [curve], value_range=(scale.low, scale.high))
    labels = _labels(ticks)
    assert labels == expected
    assert [*map(float, labels)] == pytest.approx(ticks, rel=1e-12)
    if not scale.logarithmic:
        assert all(f">{label}</text>" in axes for label in labels)


@pytest.mark.parametrize("values", [[None], [5.0], [2.0, 2.0], [0.0, 0.0]])
def test_curves_without_extent(values):
    points = [(epoch, value) for epoch, value in enumerate(values, start=1)]
    drawn = chart("x", [Curve("x", points)], [Level("real", 1.0)])
    assert "nan" not in drawn and "inf" not in drawn
    assert "real: 1" in drawn


# ------------------------------------------------------------------ the pictures


def test_frames_are_few_and_chosen_again():
    assert chosen(range(1, 41)) == [*range(1, 41)]
    for num_epochs in (41, 100, 2160):
        kept = chosen(range(1, num_epochs + 1))
        assert kept[0] == 1 and kept[-1] == num_epochs and len(kept) <= 41
        assert set(kept[:-1]) <= {*chosen(range(1, num_epochs))}


def test_pictures_are_small_and_packed_once(tmp_path, monkeypatch):
    large, small = tmp_path / "epoch_0001.png", tmp_path / "epoch_0002.png"
    noise((400, 400)).save(large)
    noise((8, 8)).save(small)
    (tmp_path / "epoch_0003.png").write_bytes(70_000 * b"x")  # damaged
    pictures = Pictures()
    frames = pictures.frames(tmp_path)
    assert [frame.epoch for frame in frames] == [1, 2]
    assert frames[0].address.startswith("data:image/webp;base64,")
    assert frames[1].address.startswith("data:image/png;base64,")
    # 41 of them, with 1.2 MB of curves and configuration, are below 5 MB.
    assert len(frames[0].address) <= 4 * 60_000 / 3 + 30
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"read {path}"))
    assert pictures.frames(tmp_path) == frames


@pytest.mark.parametrize("size", [(16_384, 3), (3, 40_000)])
def test_a_picture_longer_than_webp_knows_is_halved_first(tmp_path, size):
    path = tmp_path / "epoch_0001.png"
    noise(size).save(path)
    assert path.stat().st_size > 60_000  # else it stays as it is
    kind, content = Pictures().address(path).split(",")
    assert kind == "data:image/webp;base64"
    with Image.open(io.BytesIO(base64.b64decode(content))) as packed:
        assert max(packed.size) in {max(size) // 2**times for times in (1, 2, 3)}


def test_without_webp_a_large_picture_is_left_out(tmp_path, monkeypatch):
    noise((400, 400)).save(tmp_path / "epoch_0001.png")
    noise((8, 8)).save(tmp_path / "epoch_0002.png")
    monkeypatch.setattr(features, "check", lambda name: name != "webp")
    monkeypatch.delitem(Image.SAVE, "WEBP", raising=False)
    assert [frame.epoch for frame in Pictures().frames(tmp_path)] == [2]


def test_pictures_that_are_no_longer_shown_are_forgotten(tmp_path):
    pictures = Pictures()
    for epoch in range(1, 201):
        Image.new("L", (2, 2), epoch).save(tmp_path / f"epoch_{epoch:04}.png")
        frames = pictures.frames(tmp_path)
    assert [frame.epoch for frame in frames] == chosen(range(1, 201))
    assert len(pictures._known) == len(frames) <= 41


def test_latents_of_normal_priors_keep_their_length():
    ends = np.random.default_rng(0).normal(size=(2, 50))
    walked = kg.visualization.latent_arc(ends, 10)
    lengths, (start, end) = np.linalg.norm(walked, axis=1), np.linalg.norm(ends, axis=1)
    np.testing.assert_allclose(walked[[0, -1]], ends, rtol=1e-6)
    assert lengths.min() >= min(start, end) - 1e-4
    assert np.linalg.norm(kg.visualization.latent_path(ends, 10), axis=1).min() < 6
    # A quarter of a circle in three: 30 and 60 degrees.
    quarter = kg.visualization.latent_arc(np.array([[2.0, 0.0], [0.0, 2.0]]), 3)
    expected = [[2, 0], [3**0.5, 1], [1, 3**0.5], [0, 2]]
    np.testing.assert_allclose(quarter, expected, atol=1e-6)
    opposite = np.array([[1.0, 0.0], [-1.0, 0.0]])  # no arc is the shortest
    np.testing.assert_array_equal(
        kg.visualization.latent_arc(opposite, 2), [[1, 0], [0, 0], [-1, 0]]
    )
    with pytest.raises(ValueError, match="`ends` must have shape"):
        kg.visualization.latent_arc(np.zeros((3, 2)), 4)


# ---------------------------------------------------------------- while it trains


class Stopwatch:
    """A clock on which each look is so many seconds after the one before."""

    def __init__(self, step):
        self.now, self.step = 0.0, step

    def perf_counter(self):
        self.now += self.step
        return self.now


@pytest.mark.parametrize(("pause", "renewals"), [(0.0, 2), (100.0, 5)])
def test_the_page_is_renewed_and_takes_little(tmp_path, monkeypatch, pause, renewals):
    written, clock = [], Stopwatch(1.0)

    def write(directory, pictures):
        written.append(directory.history()[-1]["epoch"])
        return write_report(directory, pictures)

    monkeypatch.setattr("keras_gan.runs.report.callback.write_report", write)
    monkeypatch.setattr("keras_gan.runs.report.callback.time", clock)
    report, record = RunReport(tmp_path), kg.callbacks.RunRecord(tmp_path)

    class Pause(kg.callbacks.SampleGrid):
        def on_epoch_end(self, epoch, logs=None):
            clock.now += pause

    gan = make_tiny_gan(run_eagerly=True)
    gan.fit(
        tiny_images(),
        batch_size=40,
        epochs=4,
        callbacks=[Pause(tmp_path), record, report],
        verbose=0,
    )
    assert len(written) == renewals and written[-1] == 4
    assert "finished" in (tmp_path / "report.html").read_text("utf-8")


def test_a_page_that_fails_ends_no_training(tmp_path, monkeypatch):
    def fail(directory, pictures):
        raise KeyError("WEBP")

    monkeypatch.setattr("keras_gan.runs.report.callback.write_report", fail)
    callbacks = [kg.callbacks.RunRecord(tmp_path), RunReport(tmp_path)]
    with pytest.warns(UserWarning, match="report.html could not .* KeyError: 'WEBP'"):
        make_tiny_gan(run_eagerly=True).fit(
            tiny_images(), batch_size=40, epochs=1, callbacks=callbacks, verbose=0
        )
    assert json.loads((tmp_path / "run.json").read_text())["status"] == "finished"


def test_warnings_of_a_training_are_kept(tmp_path):
    import warnings

    from keras_gan.commands._kept_warnings import kept_warnings

    record = kg.callbacks.RunRecord(tmp_path)

    class Warns(kg.callbacks.SampleGrid):
        def on_epoch_end(self, epoch, logs=None):
            warnings.warn("few\n  rows", stacklevel=1)

    gan = make_tiny_gan(run_eagerly=True)
    with pytest.warns(UserWarning, match="few"), kept_warnings(record):
        gan.fit(
            tiny_images(),
            batch_size=40,
            epochs=2,
            callbacks=[Warns(tmp_path), record],
            verbose=0,
        )
    held = json.loads((tmp_path / "run.json").read_text())
    assert held["warnings"] == [{"epoch": 1, "text": "few rows"}]


# --------------------------------------------------------------------- comparison


def test_runs_stand_beside_each_other(tmp_path, capsys):
    one, other = (write_run(tmp_path / name, name=name) for name in ("one", "other"))
    write_evaluation(one, 2.25)
    assert main(["compare", str(one), str(other)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["run", "one", "other"]
    assert ["recipe", "one", "other"] in lines
    assert ["epochs", "3", "3"] in lines
    assert ["frechet_distance", "2.25"] in lines
    assert ["frechet_distance,", "real", "data", "0.125"] in lines
    assert lines[-1][:2] == ["one:", "cats,"]  # the protocol of the number
    assert main(["compare", str(one), str(other), "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["values"]["generated"]["frechet_distance"]["value"] == 2.25
    assert first["path"] == str(one) and second["values"] is None
    assert second["last"]["d_loss"] == 0.5 and second["seconds_an_epoch"] == 2.0
    page = tmp_path / "pages" / "compare.html"
    assert main(["compare", str(one), str(other), "--html", str(page)]) == 0
    shown = Page(page.read_text("utf-8"))
    assert [image["alt"] for image in shown.all("img")] == [
        "Samples of one, epoch 3",
        "Samples of other, epoch 3",
    ]
    assert "other: 1.5" in shown.text  # where its g_loss ends


def test_runs_of_one_name_are_told_apart(tmp_path):
    paths = [write_run(tmp_path / folder / "run") for folder in "ab"]
    comparison = Comparison([RunDirectory(path) for path in paths])
    assert comparison.names == [str(path) for path in paths]


def test_what_is_no_run_cannot_be_compared(tmp_path, capsys):
    assert main(["compare", str(tmp_path)]) == 2
    assert "holds a run" in capsys.readouterr().err
