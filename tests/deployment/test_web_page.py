"""The web page, in Chromium, draws what onnxruntime computes in Python.

Needs `npm ci` in examples/deployment/web_page, chromium with its driver, and a folder
named by KERAS_GAN_EXPORTS with generator.onnx, prior.onnx and generator.onnx.json. The
files may be of a generator that is told a class; `make deployment` tries both kinds.
KERAS_GAN_SCREENSHOT names a file to write a picture of the page to.
"""

import contextlib
import json
import math
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

onnxruntime = pytest.importorskip("onnxruntime")
import chromium  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

MODEL = ("generator.onnx", "prior.onnx", "generator.onnx.json")


class Reference:
    """The same files in Python's onnxruntime."""

    def __init__(self, folder):
        self.prior = onnxruntime.InferenceSession(folder / "prior.onnx")
        self.generator = onnxruntime.InferenceSession(folder / "generator.onnx")
        description = json.loads((folder / "generator.onnx.json").read_text())
        self.image_shape = tuple(description["image_shape"])
        ((self.condition, facts), *_) = [*description["conditions"].items(), ("", {})]
        self.num_classes = facts.get("num_classes", 0)
        self.low, self.high = description["value_range"]

    @property
    def num_images(self):
        """How many the page shows at first: a row of 8 for each class, or 64."""
        return 8 * self.num_classes or 64

    def drawn(self, name, num_samples, seed):
        feeds = {"num_samples": num_samples, "seed": seed}
        feeds = {name: np.asarray(value, np.int32) for name, value in feeds.items()}
        return self.prior.run([name], feeds)[0]

    def latents(self, num_samples, seed):
        return self.drawn("latents", num_samples, seed)

    def labels(self, *places):
        """Classes of the images that stand at these places at first."""
        return np.array(places) // 8

    def gray_levels(self, latents, labels):
        feeds = {"latents": np.asarray(latents, np.float32)}
        if self.condition:
            rows = np.broadcast_to(labels, len(latents))
            feeds[self.condition] = rows.astype("int32")
        images = self.generator.run(["images"], feeds)[0]
        levels = 255 * (images.astype(np.float64) - self.low) / (self.high - self.low)
        rgb = np.broadcast_to(levels, (*levels.shape[:3], 3))
        return np.clip(np.rint(rgb), 0, 255).astype(int)


class Page:
    """One opened page: what a reader does with it and sees on it."""

    def __init__(self, browser, origin, image_shape=None):
        self.browser = browser
        self.origin = origin
        self.image_shape = image_shape
        browser.get("about:blank")
        chromium.forget_logs(browser)
        browser.get(origin)
        self.wait(lambda: self.is_ready() or self.text("#failure"))

    def wait(self, condition):
        chromium.wait(self.browser, condition)

    def find(self, selector):
        return chromium.find(self.browser, selector)

    def text(self, selector):
        return self.find(selector).text  # "" while it is hidden

    def is_ready(self):
        return self.find("main").get_dom_attribute("inert") is None

    def pixels(self, selector):
        height, width, _ = self.image_shape
        images = np.array(self.browser.execute_script(chromium.READ_PIXELS, selector))
        images = images.reshape(-1, height, width, 4)
        assert np.all(images[..., 3] == 255)
        return images[..., :3]

    def samples(self):
        return self.pixels("#grid canvas")

    def enter_seed(self, text):
        field = self.find("#seed")
        field.clear()
        field.send_keys(text, Keys.ENTER)

    def draw(self, seed):
        self.enter_seed(str(seed))
        return self.shown(f" images of seed {seed}")

    def shown(self, label):
        """The samples, once their label says so."""
        grid = self.find("#grid")

        def is_shown():
            found = grid.get_attribute("aria-label").partition(" ")[2]
            return f" {found},".startswith(f"{label},")

        self.wait(is_shown)
        return self.samples()

    def choose_class(self, text):
        Select(self.find("#class-choice select")).select_by_visible_text(text)

    def choose(self, index):
        self.browser.find_elements(By.CSS_SELECTOR, "#grid button")[index].click()

    def slide(self, selector, key):
        """Presses a key on a slider and waits until its figure changed."""
        output = self.find(f"{selector} output")
        before = output.text
        self.find(f"{selector} input").send_keys(key)
        self.wait(lambda: output.text != before)

    def wait_for_pixels(self, selector, expected):
        """Images follow a click a moment later."""

        def is_close():
            return np.max(np.abs(self.pixels(selector) - expected)) <= 1

        with contextlib.suppress(Exception):
            WebDriverWait(self.browser, 20, 0.1).until(lambda _: is_close())
        assert_close(self.pixels(selector), expected)

    def milliseconds(self, name):
        script = "return performance.getEntriesByName(arguments[0])[0].duration"
        return self.browser.execute_script(script, name)


def assert_close(pixels, expected):
    np.testing.assert_allclose(pixels, expected, rtol=0, atol=1)  # gray levels


@pytest.fixture(scope="module")
def exports():
    named = os.environ.get("KERAS_GAN_EXPORTS")
    if not named:
        pytest.skip("KERAS_GAN_EXPORTS is unset: it names the folder of the ONNX files")
    return Path(named)


@pytest.fixture(scope="module")
def reference(exports):
    return Reference(exports)


@pytest.fixture(scope="module")
def site(exports, tmp_path_factory):
    """The page, built from its source, with the artefacts."""
    folder = tmp_path_factory.mktemp("site") / "dist"
    return chromium.built_page(folder, [exports / name for name in MODEL])


@pytest.fixture(scope="module")
def browser(site, tmp_path_factory):
    with chromium.opened_chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def origin(site):
    with chromium.served(site) as address:
        yield address


@pytest.fixture
def page(browser, origin, reference):
    opened = Page(browser, origin, reference.image_shape)
    assert opened.text("#failure") == ""
    return opened


def test_lock_file_names_no_registry():
    lock_file = (chromium.PAGE / "package-lock.json").read_text()
    assert "://" not in lock_file, "delete the `funding` entries that npm install adds"


def test_draws_images_within_a_second(page, browser, origin, reference):
    samples = page.samples()
    assert samples.shape == (reference.num_images, *reference.image_shape[:2], 3)
    contrast = samples.max(axis=(1, 2, 3)) - samples.min(axis=(1, 2, 3))
    assert contrast.min() > 50  # gray levels
    different = np.unique(samples.reshape(len(samples), -1), axis=0)
    assert len(different) == len(samples)
    first_image = page.milliseconds("first image")
    # JavaScript rounds halves up, Python to even.
    load, first = (
        math.floor(one + 0.5) for one in (page.milliseconds("model load"), first_image)
    )
    assert page.text("#status") == (
        f"Model loaded in {load} ms, first image {first} ms later."
    )
    # Other programs on the machine can only add to it: the best of three.
    again = [Page(browser, origin).milliseconds("first image") for _ in range(2)]
    assert min(first_image, *again) < 1000
    screenshot = os.environ.get("KERAS_GAN_SCREENSHOT")
    if screenshot:
        assert browser.save_screenshot(screenshot)


def test_no_request_leaves_the_origin(page, browser, origin):
    addresses = chromium.requested_addresses(browser)
    assert all(address.startswith(origin) for address in addresses), addresses
    for ending in (".wasm", "model/generator.onnx", "model/prior.onnx"):
        assert any(address.endswith(ending) for address in addresses)
    assert browser.get_log("browser") == []  # no errors, no broken policy


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_no_serious_fault(page, browser, mode):
    with chromium.seen_as(browser, mode):
        assert chromium.serious_faults(browser) == []


def test_policy_forbids_other_origins(page, browser, site):
    script = """
        const done = arguments[1];
        document.addEventListener("securitypolicyviolation", (event) =>
          done(event.effectiveDirective));
        fetch(arguments[0]).then(() => done("allowed"), () => {});
    """
    with chromium.served(site) as other:
        assert browser.execute_async_script(script, other) == "connect-src"


@pytest.mark.parametrize("seed", [7, 0, 2**31 - 1])
def test_pixels_agree_with_python(page, reference, seed):
    latents = reference.latents(reference.num_images, seed)
    expected = reference.gray_levels(latents, reference.labels(*range(len(latents))))
    assert_close(page.draw(seed), expected)


@pytest.fixture
def classes(reference):
    if not reference.condition:
        pytest.skip("the generator is told no class")
    return reference.num_classes


def test_a_class_is_chosen(page, reference, classes):
    for label in (classes - 1, 0):
        page.choose_class(str(label))
        shown = page.shown(f" images of seed 7, {reference.condition} {label}")
        latents = reference.latents(64, 7)
        assert_close(shown, reference.gray_levels(latents, label))
    page.draw(8)
    expected = reference.gray_levels(reference.latents(64, 8), 0)
    assert_close(page.samples(), expected)  # the class stays


def test_the_seed_draws_the_classes(page, reference, classes):
    page.choose_class("as the seed draws")
    shown = page.shown(f" images of seed 7, {reference.condition} as drawn")
    labels = reference.drawn(reference.condition, 64, 7)
    assert len(set(labels)) > 1
    assert_close(shown, reference.gray_levels(reference.latents(64, 7), labels))
    page.choose_class("a row of each")
    rows = f"a row for each of {reference.condition} 0 to {classes - 1}"
    assert len(page.shown(f" images of seed 7, {rows}")) == 8 * classes


def test_without_classes_nothing_speaks_of_them(page, reference):
    hidden = page.browser.find_elements(By.CSS_SELECTOR, ".of-classes")
    assert len(hidden) == 2
    assert {one.is_displayed() for one in hidden} == {bool(reference.condition)}


def test_same_seed_same_pixels(page):
    first, other, again = page.draw(3), page.draw(4), page.draw(3)
    np.testing.assert_array_equal(first, again)
    changed = np.any(first != other, axis=(1, 2, 3))
    assert changed.all()
    page.find("#next-seed").click()
    page.wait(lambda: "seed 4" in page.find("#grid").get_attribute("aria-label"))
    np.testing.assert_array_equal(page.samples(), other)


def test_interpolation_is_the_straight_line(page, reference):
    latents = reference.latents(reference.num_images, 7)
    page.choose(10)  # A
    page.choose(20)  # B
    a, b = latents[10], latents[20]
    points = [(1 - t) * a + t * b for t in np.linspace(0, 1, 9)]
    labels = reference.labels(*[10] * 4, *[20] * 5)  # from the middle on that of B
    expected = reference.gray_levels(points, labels)
    page.wait_for_pixels(".strip canvas", expected)
    page.wait_for_pixels("#interpolation .large", expected[[4]])
    page.slide("#interpolation", Keys.HOME)
    assert_close(page.pixels("#interpolation .large"), expected[[0]])
    page.slide("#interpolation", Keys.END)
    assert_close(page.pixels("#interpolation .large"), expected[[8]])
    assert np.abs(expected[0] - expected[8]).mean() > 5  # so the slider was seen to act


def test_directions_move_the_image(page, reference):
    start = reference.latents(reference.num_images, 7)[0]
    plus, minus = np.split(reference.latents(16, 0).astype(np.float64), 2)
    lengths = np.linalg.norm(plus - minus, axis=1, keepdims=True)
    steps = lengths.mean() / 2 * (plus - minus) / lengths
    lines = "#directions .direction"
    ends = np.stack([start - steps, start + steps], axis=1).reshape(16, -1)
    assert_close(page.pixels(f"{lines} canvas"), reference.gray_levels(ends, 0))

    at_rest = page.pixels("#directions .large")
    assert_close(at_rest, reference.gray_levels([start], 0))
    page.slide(f"{lines}:nth-of-type(3)", Keys.END)
    page.slide(f"{lines}:nth-of-type(5)", Keys.HOME)
    moved = page.pixels("#directions .large")
    assert_close(moved, reference.gray_levels([start + steps[2] - steps[4]], 0))
    assert np.abs(moved - at_rest).mean() > 5
    page.find("#directions button").click()
    page.wait_for_pixels("#directions .large", at_rest)


def test_keyboard_selects(page, browser, reference):
    latents = reference.latents(reference.num_images, 7)
    last = len(latents) - 1
    browser.execute_script("document.querySelector('#grid button').focus()")
    press = browser.switch_to.active_element.send_keys
    press(Keys.ARROW_DOWN)
    browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    browser.switch_to.active_element.send_keys("b")
    browser.switch_to.active_element.send_keys(Keys.END)
    browser.switch_to.active_element.send_keys("a")
    assert page.find("[data-marks=B]").accessible_name == "Image 10, B"
    assert page.find("[data-marks=A]").accessible_name == f"Image {last + 1}, A"
    expected = reference.gray_levels(latents[[last, 9]], reference.labels(last, 9))
    page.wait_for_pixels(
        ".strip canvas:first-child, .strip canvas:last-child", expected
    )
    page.wait_for_pixels("#directions .large", expected[[0]])


BAD_SEEDS = ["", "seven", "-1", "1.5", "1e3", "2147483648", "9" * 400, "<b>1</b>"]


def test_bad_seeds_are_answered_in_words(page):
    before = page.samples()
    for text in BAD_SEEDS:
        page.enter_seed(text)
        message = page.text("#seed-problem")
        assert "must be a whole number from 0 to 2147483647" in message, text
        assert f"Received: {text[:60] or 'nothing'}" in message
        np.testing.assert_array_equal(page.samples(), before)
    assert np.any(page.draw(8) != before)
    assert page.text("#seed-problem") == ""


def _change_description(model, **changes):
    path = model / "generator.onnx.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


BROKEN = {
    "no_generator": (
        lambda model: (model / "generator.onnx").unlink(),
        "model/generator.onnx is missing (status 404). Put generator.onnx",
    ),
    "no_prior": (
        lambda model: (model / "prior.onnx").unlink(),
        "model/prior.onnx is missing",
    ),
    "no_description": (
        lambda model: (model / "generator.onnx.json").unlink(),
        "model/generator.onnx.json is missing",
    ),
    "not_onnx": (
        lambda model: (model / "generator.onnx").write_bytes(b"not a model"),
        "generator.onnx could not be read as an ONNX model",
    ),
    "other_network": (
        lambda model: shutil.copy(model / "prior.onnx", model / "generator.onnx"),
        "generator.onnx must have the inputs latents. Received: num_samples, seed",
    ),
    "not_json": (
        lambda model: (model / "generator.onnx.json").write_text("nothing"),
        "generator.onnx.json must hold a JSON object",
    ),
    "bad_shape": (
        lambda model: _change_description(model, image_shape=[28, 28, 2]),
        '"image_shape" must be [height, width, channels] with 1 or 3 channels. '
        "Received: [28,28,2]",
    ),
    "bad_range": (
        lambda model: _change_description(model, value_range=[1, 1]),
        '"value_range" must be [low, high] with low below high',
    ),
    "other_latent_dim": (
        lambda model: _change_description(model, latent_dim=3),
        "prior.onnx must give float32 of shape [{num_images}, 3]",
    ),
    "two_conditions": (
        lambda model: _change_description(
            model, conditions={name: {"shape": [3]} for name in ("labels", "style")}
        ),
        '"conditions" must be one class for each image at most, which this page can '
        "ask for. Received: labels, style",
    ),
    "other_image_shape": (
        lambda model: _change_description(model, image_shape=[2, 2, 1]),
        "generator.onnx must give float32 of shape [8, 2, 2, 1]",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_wrong_files_are_answered_in_words(browser, site, reference, tmp_path, name):
    damage, sentence = BROKEN[name]
    told = ", ".join(["latents", *filter(None, [reference.condition])])
    sentence = sentence.replace("inputs latents", f"inputs {told}")
    sentence = sentence.replace("{num_images}", str(reference.num_images))
    shutil.copytree(site, tmp_path / "site")
    damage(tmp_path / "site/model")
    with chromium.served(tmp_path / "site") as origin:
        page = Page(browser, origin)
        assert sentence in page.text("#failure")
        assert page.text("#status") == "The model could not be loaded."
        assert not page.is_ready()


def test_fits_on_a_phone(page, browser):
    metrics = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    width = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert width == 360
