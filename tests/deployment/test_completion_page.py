"""The page of completions, in Chromium, draws what onnxruntime computes in Python.

Needs what test_web_page.py does, and a folder named by KERAS_GAN_COMPLETION_EXPORTS
with completion.onnx, prior.onnx and completion.onnx.json.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

onnxruntime = pytest.importorskip("onnxruntime")
import chromium  # noqa: E402
from chromium import find, wait  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402

MODEL = ("completion.onnx", "prior.onnx", "completion.onnx.json")


@pytest.fixture(scope="module")
def exports():
    folder = os.environ.get("KERAS_GAN_COMPLETION_EXPORTS")
    if not folder:
        pytest.skip("KERAS_GAN_COMPLETION_EXPORTS names no folder of exports")
    return Path(folder)


@pytest.fixture(scope="module")
def page(exports, tmp_path_factory):
    """The opened page, built from its source and served with the artefacts."""
    folder = tmp_path_factory.mktemp("site") / "dist"
    chromium.built_page(folder, [exports / name for name in MODEL])
    with (
        chromium.opened_chromium(tmp_path_factory.mktemp("profile")) as browser,
        chromium.served(folder) as origin,
    ):
        browser.get(f"{origin}completion.html")
        wait(browser, lambda: find(browser, "main").get_dom_attribute("inert") is None)
        yield browser


def painted(browser):
    """The seed of the completions that are shown, and how many pixels were hidden."""
    text = find(browser, "#completions").get_attribute("data-painted")
    return tuple(map(int, text.split()))


def expected_levels(exports, image_seed, mask, seed):
    """The gray levels of eight completions, by the same files in Python."""
    sizes = json.loads((exports / "completion.onnx.json").read_text())
    prior = onnxruntime.InferenceSession(exports / "prior.onnx")
    completion = onnxruntime.InferenceSession(exports / "completion.onnx")

    def latents(num_samples, seed):
        feeds = {"num_samples": num_samples, "seed": seed}
        feeds = {name: np.asarray(one, np.int32) for name, one in feeds.items()}
        return prior.run(["latents"], feeds)[0]

    def completed(latents, images, mask):
        rows = [np.broadcast_to(one, (len(latents), *one.shape)) for one in mask]
        feeds = {"latents": latents, "images": images, "mask": rows[0]}
        feeds = {
            name: np.ascontiguousarray(one, np.float32) for name, one in feeds.items()
        }
        return completion.run(["completions"], feeds)[0]

    shape = tuple(sizes["image_shape"])
    nothing = np.zeros((*shape[:2], 1))
    image = completed(latents(1, image_seed), np.zeros((1, *shape)), [nothing])
    made = completed(latents(8, seed), np.repeat(image, 8, axis=0), [mask])
    low, high = sizes["value_range"]
    levels = 255 * (made.astype("float64") - low) / (high - low)
    return np.clip(np.rint(np.broadcast_to(levels, (*levels.shape[:3], 3))), 0, 255)


def test_eight_completions_of_the_upper_half_and_others(page, exports):
    height, width, _ = json.loads((exports / MODEL[2]).read_text())["image_shape"]
    mask = np.ones((height, width, 1))
    mask[height // 2 :] = 0
    seed, num_hidden = painted(page)
    assert (seed, num_hidden) == (100, int((mask == 0).sum()))
    for more in range(2):
        wait(page, lambda seed=100 + more: painted(page)[0] == seed)
        levels = np.array(
            page.execute_script(chromium.READ_PIXELS, "#completions canvas")
        )
        levels = levels.reshape(8, height, width, 4)[..., :3]
        expected = expected_levels(exports, 7, mask, 100 + more)
        assert np.abs(levels - expected).max() <= 1
        find(page, "#other").click()


def test_the_brush_hides_and_gives_back(page):
    find(page, "#parts [value=none]").click()
    wait(page, lambda: painted(page)[1] == 0)
    easel = find(page, ".easel")
    ActionChains(page).move_to_element(easel).click().perform()
    wait(page, lambda: painted(page)[1] > 0)
    find(page, "[name=brush][value='1']").click()
    ActionChains(page).move_to_element(easel).click().perform()
    wait(page, lambda: painted(page)[1] == 0)
    assert find(page, "#failure").text == ""


def test_axe_finds_no_serious_fault(page):
    assert chromium.serious_faults(page) == []
