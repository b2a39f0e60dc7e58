"""What the tests of pages share: Chromium by its driver, pages built and served."""

import contextlib
import functools
import http.server
import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

webdriver = pytest.importorskip("selenium.webdriver")
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

PAGE = Path(__file__).parents[2] / "examples/deployment/web_page"
PATIENCE = 120  # seconds: the machine may be busy
FLAGS = """--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync
    --no-proxy-server --window-size=1000,930 --hide-scrollbars""".split()
# No address but the page's resolves, so nothing that it needs can come from elsewhere.
FLAGS.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
LOGS = {"performance": "ALL", "browser": "ALL"}
READ_PIXELS = """
    return [...document.querySelectorAll(arguments[0])].map((canvas) => {
      const { width, height } = canvas;
      const area = canvas.getContext("2d").getImageData(0, 0, width, height);
      return Array.from(area.data);
    });
"""
# Rules of WCAG and good practice, as axe-core checks them.
RUN_AXE = """
    const done = arguments[0];
    axe.run({ resultTypes: ["violations"] }).then(({ violations }) => done(
      violations.map(({ id, impact, nodes }) => [
        impact, id, nodes.slice(0, 3).map((node) => node.html.slice(0, 200)),
      ])));
"""


@contextlib.contextmanager
def opened_chromium(profile):
    """Chromium without a window, or the test is skipped.

    Args:
        profile: path of an empty folder for what it keeps.
    """
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not both installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", LOGS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")  # to the driver
        browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
        browser.set_page_load_timeout(PATIENCE)
        try:
            yield browser
        finally:
            browser.quit()


def wait(browser, condition):
    WebDriverWait(browser, PATIENCE, 0.05).until(lambda _: condition())


def find(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def forget_logs(browser):
    for log in LOGS:
        browser.get_log(log)


def requested_addresses(browser):
    """Addresses of all requests since the logs were read last.

    But for those of the browser's own pages, such as the empty tab that it begins with.
    """
    entries = browser.get_log("performance")
    events = [json.loads(entry["message"])["message"] for entry in entries]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
        and not event["params"]["documentURL"].startswith("chrome://")
    ]


@contextlib.contextmanager
def seen_as(browser, mode, width=1000, height=844):
    """Shows the page to somebody with a dark or light screen of some width.

    Args:
        mode: `"light"` or `"dark"`.
        width: int, pixels; a telephone has some 390.
        height: int, pixels.
    """
    tell = browser.execute_cdp_cmd
    preferred = {"name": "prefers-color-scheme", "value": mode}
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True}
    tell("Emulation.setEmulatedMedia", {"features": [preferred]})
    tell("Emulation.setDeviceMetricsOverride", screen)
    yield
    tell("Emulation.clearDeviceMetricsOverride", {})
    tell("Emulation.setEmulatedMedia", {"features": []})


def serious_faults(browser):
    """What axe finds that keeps somebody from reading the page."""
    axe = PAGE / "node_modules/axe-core/axe.min.js"
    if not axe.exists():
        pytest.skip(f"npm packages are not installed: run `npm ci` in {PAGE}")
    browser.execute_script(axe.read_text("utf-8"))
    found = browser.execute_async_script(RUN_AXE)
    return [fault for fault in found if fault[0] in ("serious", "critical")]


def built_page(folder, model):
    """The web page, built from its source into a new folder, with artefacts.

    Args:
        folder: path that is made.
        model: paths of the files that the page loads.
    """
    vite = PAGE / "node_modules/.bin/vite"
    if not vite.exists() or not shutil.which("node"):
        pytest.skip(f"npm packages are not installed: run `npm ci` in {PAGE}")
    build = [vite, "build", "--outDir", folder]
    result = subprocess.run(build, cwd=PAGE, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    shutil.rmtree(folder / "model", ignore_errors=True)
    (folder / "model").mkdir()
    for path in model:
        shutil.copy(path, folder / "model")
    return folder


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """The address of a server of a folder's files."""
    handler = functools.partial(_QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()
