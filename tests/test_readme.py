"""The code of README and docs runs as it stands, with fewer epochs; links lead on."""

import ast
import re
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import pytest

import keras_gan as kg
from keras_gan.commands import COMMANDS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
GO_ON = [README, *[ROOT / "docs" / f"{name}.md" for name in ("measures", "deployment")]]
GO_ON += [ROOT / "docs" / f"{name}.md" for name in ("own_parts", "tutorial", "games")]


def blocks_of(page):
    return re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


def indented_python(page):
    """Indented blocks with a call that Python could read, and no test executes."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for block in re.findall(r"(?:^    .*\n|^\n)+", text, re.MULTILINE):
        try:
            nodes = ast.walk(ast.parse(textwrap.dedent(block)))
        except SyntaxError:
            continue
        if any(isinstance(node, ast.Call) for node in nodes):
            yield block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_is_fenced_so_that_it_is_run(page):
    left = [one for one in indented_python(page) if "train_with_ray" not in one]
    assert not left  # Ray and its cluster are not here


# These set what a whole process has one of, such as strategies and precisions.
ALONE = ("command_line", "devices", "games", "speed")


def script_of(blocks):
    return re.sub(r"epochs=\d+", "epochs=2", "\n".join(blocks))


def run(blocks, folder):
    script = script_of(blocks)
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout


WRITTEN = ("samples.png", "gan.keras", "generator.onnx")


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("pages", "written"),
    [([README], WRITTEN), (GO_ON, (*WRITTEN, "saved_model"))],
    ids=["readme", "goes on"],
)
def test_the_workflow_and_what_goes_on_from_it_run_in_order(pages, written, tmp_path):
    blocks = [blocks_of(page) for page in pages]
    assert all(blocks)
    assert "nats" in run([block for page in blocks for block in page], tmp_path)
    for name in written:
        assert (tmp_path / name).exists()


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page not in GO_ON and blocks_of(page)],
    ids=lambda page: page.stem,
)
def test_pages_of_their_own_run(page, tmp_path, monkeypatch):
    if page.stem in ALONE:
        run(blocks_of(page), tmp_path)
        return
    # A new process imports TensorFlow for seconds.
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(script_of(blocks_of(page)), page.name, "exec"), {})


def test_the_readme_is_short():
    assert len(README.read_text("utf-8").split()) < 700


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_those_of_the_makefile_and_the_command_line(page):
    text = page.read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^    make (\w+)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile
    for command in re.findall(r"^    keras-gan ([\w-]+)", text, re.MULTILINE):
        assert command.startswith("--") or command.replace("-", "_") in COMMANDS


def anchors_of(page):
    headings = re.findall(r"^#+ (.*)", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_linked_files_exist(page):
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    local = [link for link in links if not link.startswith("http")]
    assert local or page.parent != ROOT
    for link in local:
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


def test_every_page_is_on_the_site():
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    named = {line.strip() for line in index.splitlines()} - {""}
    pages = {page.stem for page in PAGES if page != README} - {"index"}
    assert pages <= named


def test_every_room_is_in_the_reference():
    reference = (ROOT / "docs" / "api.md").read_text("utf-8")
    rooms = set(re.findall(r"automodule:: keras_gan\.(\w+)", reference))
    assert rooms == set(kg.__all__) - {"GAN", "__version__", "load"}


@pytest.mark.parametrize(
    ("page", "players"),
    [
        ("inference", ("encoder", "completion", "classifier")),
        ("few_labels", ("classifier",)),
        ("deployment", ("encoder", "completion", "classifier")),
    ],
)
def test_pages_name_the_exports_of_what_they_tell(page, players):
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    named = set(re.findall(r"\w+", text))
    formats = {name for name in kg.export.FORMATS if name.endswith(players)}
    assert len(formats) == 2 * len(players) and formats <= named
    assert {"classify"} <= named


def test_the_citation_names_the_version():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {kg.__version__}\n" in citation
