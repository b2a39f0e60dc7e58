"""Workflows: only what they need, and only what was looked at."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_stand_by_their_commits_and_may_read(path):
    text = path.read_text("utf-8")
    used = re.findall(r"uses: (\S+)( # v[\d.]+)?", text)
    assert used
    for action, version in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
        assert version, f"{action}: its version stands behind it"
    assert re.search(r"^permissions:\n  contents: read$", text, re.MULTILINE)
    written = re.findall(r"^ +([\w-]+): write", text, re.MULTILINE)
    assert written == (["id-token"] if path.stem == "release" else [])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_they_make_is_in_the_makefile(path):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    for line in re.findall(r"run: make (.+)", path.read_text("utf-8")):
        asked = [word for word in line.split() if re.fullmatch(r"[a-z]+", word)]
        assert asked and set(asked) <= set(targets), line
