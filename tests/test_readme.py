"""The README's code runs as it stands, with fewer epochs."""

import re
import subprocess
import sys
from pathlib import Path

from keras_gan.commands import COMMANDS

README = Path(__file__).parent.parent / "README.md"


def test_python_blocks_run_in_order(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 3
    script = re.sub(r"epochs=\d+", "epochs=2", "\n".join(blocks))
    # A process of its own: a second strategy in this one would disturb the first.
    result = subprocess.run(
        [sys.executable, "-c", f"{script}\nassert images.shape == (16, 8, 8, 1)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert "nats" in result.stdout
    for name in ("samples.png", "gan.keras", "generator.onnx", "saved_model"):
        assert (tmp_path / name).exists()


def test_commands_are_those_of_the_makefile_and_the_command_line():
    text = README.read_text("utf-8")
    makefile = (README.parent / "Makefile").read_text("utf-8")
    for target in re.findall(r"^    make (\w+)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile
    for command in re.findall(r"^    keras-gan (\w+)", text, re.MULTILINE):
        assert command in COMMANDS


def test_linked_files_exist():
    text = re.sub(r"```.*?```", "", README.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    local = [link for link in links if not link.startswith("http")]
    assert len(local) >= 4
    headings = re.findall(r"^#+ (.*)", text, re.MULTILINE)
    anchors = {
        "#" + re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
        for heading in headings
    }
    for link in local:
        assert link in anchors or (README.parent / link).exists(), link
