"""A fresh environment, the wheel, a folder of pictures, three commands: a generator.

    python tests/stress/from_pictures.py
    python tests/stress/from_pictures.py --time 10s --image-size 8   # the quickest

Builds the wheel of these sources, installs it with all that the command line wants into
a new virtual environment in an empty folder (a package index is needed), writes 400
pictures of colored spots, of many sizes, and a damaged file, and trains the recipe
`default` on them, evaluates it and exports it to ONNX, by the installed `keras-gan`
alone.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parent.parent.parent


def write_pictures(folder: Path, num_pictures: int) -> None:
    """Colored spots of many sizes, and a file that is none."""
    random = np.random.default_rng(0)
    folder.mkdir()
    for number in range(num_pictures):
        height, width = random.integers(20, 40, 2)
        y, x = np.mgrid[:height, :width]
        top, left = random.uniform(0.3, 0.7, 2) * (height, width)
        spot = np.exp(-((y - top) ** 2 + (x - left) ** 2) / 30)[..., None]
        pixels = 230 * np.clip(spot * random.uniform(0.3, 1, 3) + 0.1, 0, 1)
        Image.fromarray(pixels.astype("uint8")).save(folder / f"{number:03}.png")
    (folder / "broken.png").write_bytes(b"no picture")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--time", default="5m", help="of the training")
    parser.add_argument("--num-pictures", type=int, default=400)
    parser.add_argument("--image-size", help="default: what the pictures suggest")
    options = parser.parse_args()
    clean = {key: os.environ[key] for key in os.environ if key != "PYTHONPATH"}
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder)

        def run(*command: str | Path) -> None:
            began = time.perf_counter()
            subprocess.run([*map(str, command)], cwd=empty, env=clean, check=True)
            print(
                f"  {time.perf_counter() - began:.0f} s: {' '.join(map(str, command))}"
            )

        run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", "wheels", ROOT)
        (wheel,) = (empty / "wheels").glob("keras_gan-*.whl")
        run(sys.executable, "-m", "venv", "environment")
        python = empty / "environment" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", f"{wheel}[cli]")
        write_pictures(empty / "pictures", options.num_pictures)
        keras_gan = python.with_name("keras-gan")
        train = [keras_gan, "train", "pictures", "--on-damaged", "skip"]
        if options.image_size:
            train += ["--image-size", options.image_size]
        run(*train, "--time", options.time, "--verbose", "2")
        run(keras_gan, "evaluate", "runs/pictures")
        run(keras_gan, "export", "runs/pictures", "--format", "onnx")
        left = empty / "runs" / "pictures"
        for name in ("report.html", "evaluation.json", "exports/generator.onnx"):
            size = (left / name).stat().st_size
            print(f"{name}: {size:,} bytes")
        assert (left / "report.html").stat().st_size < 5_000_000


if __name__ == "__main__":
    main()
