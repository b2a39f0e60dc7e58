"""The report of a run, in Chromium: whole without a network, readable by anybody.

Needs chromium with its driver, `npm ci` in examples/deployment/web_page for axe, and
report.html of a run, which KERAS_GAN_REPORT names. KERAS_GAN_SCREENSHOTS names a folder
for pictures of the page, light, dark and on a telephone.
"""

import os
from pathlib import Path

import pytest

pytest.importorskip("selenium.webdriver")
import chromium
from chromium import find
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

MOST_BYTES = 5_000_000
TELEPHONE = 390  # pixels
SMALLEST_TEXT = 12  # pixels; within charts 11 units, which grow with the screen
SCREENS = [("light", 1000), ("dark", 1000), ("light", TELEPHONE), ("dark", TELEPHONE)]


@pytest.fixture(scope="module")
def report():
    named = os.environ.get("KERAS_GAN_REPORT")
    if not named:
        pytest.skip("KERAS_GAN_REPORT is unset: it names the report.html of a run")
    return Path(named).resolve()


@pytest.fixture(scope="module")
def page(report, tmp_path_factory):
    with chromium.opened_chromium(tmp_path_factory.mktemp("profile")) as browser:
        browser.get(report.as_uri())
        yield browser


def test_it_is_whole_by_itself(page, report):
    assert report.stat().st_size < MOST_BYTES
    addresses = chromium.requested_addresses(page)
    outside = [one for one in addresses if not one.startswith("data:")]
    assert outside == [report.as_uri()]
    assert page.get_log("browser") == []
    images = "return [...document.images].map((image) => image.naturalWidth)"
    widths = page.execute_script(images)
    assert widths and all(widths)


@pytest.mark.parametrize(("mode", "width"), SCREENS)
def test_axe_finds_no_serious_fault(page, mode, width):
    with chromium.seen_as(page, mode, width):
        assert chromium.serious_faults(page) == []


def test_a_telephone_shows_its_whole_width(page):
    with chromium.seen_as(page, "light", TELEPHONE):
        script = "return document.scrollingElement.scrollWidth"
        assert page.execute_script(script) <= TELEPHONE
        sizes = page.execute_script("""
            return [...document.querySelectorAll("main *:not(svg *)")]
              .filter((one) => one.textContent.trim())
              .map((one) => parseFloat(getComputedStyle(one).fontSize))
        """)
        assert min(sizes) >= SMALLEST_TEXT


def test_the_slider_walks_through_the_epochs(page):
    images = page.find_elements(By.CSS_SELECTOR, ".film img[data-epoch]")
    if len(images) < 2:
        pytest.skip("the run has one picture")
    slider, told = find(page, ".film input"), find(page, ".film output")
    slider.send_keys(Keys.HOME)
    first = images[0].get_dom_attribute("data-epoch")
    assert [one.is_displayed() for one in images] == [True] + [False] * (
        len(images) - 1
    )
    assert told.text == f"epoch {first}"
    slider.send_keys(Keys.ARROW_RIGHT)
    assert images[1].is_displayed() and not images[0].is_displayed()
    slider.send_keys(Keys.HOME)
    button = find(page, ".film button")
    button.click()
    chromium.wait(page, lambda: button.text == "Play")  # it stops at the end
    assert images[-1].is_displayed() and not images[0].is_displayed()


@pytest.mark.parametrize(("mode", "width"), SCREENS)
def test_pictures_are_taken(page, mode, width):
    folder = os.environ.get("KERAS_GAN_SCREENSHOTS")
    if not folder:
        pytest.skip("KERAS_GAN_SCREENSHOTS is unset: it names a folder for pictures")
    Path(folder).mkdir(parents=True, exist_ok=True)
    with chromium.seen_as(page, mode, width, height=1500):  # down to the curves
        page.execute_script("scrollTo(0, 0)")
        assert page.save_screenshot(str(Path(folder) / f"report_{mode}_{width}.png"))
