"""A format of somebody else's: weights of dense layers in `.npz`, played by NumPy."""

import dataclasses
import importlib.machinery
import json
import runpy
import sys
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest
from games import play_tiny_gan

import export
import keras_gan as kg
from export import Endpoint, ExportFormat, Provenance, TensorType
from export.__main__ import main


@dataclasses.dataclass(frozen=True, kw_only=True)
class NumPyFormat(ExportFormat):
    name: str = "numpy"
    file_name: str = "generator.npz"
    summary: str = "latents to float images, by NumPy alone"
    scale: float = 1.0  # of the first kernel; another one makes another generator

    def write(self, gan, path, provenance):
        layers = [
            layer
            for layer in gan.evaluation_generator.layers
            if isinstance(layer, keras.layers.Dense)
        ]
        weights = [weight for layer in layers for weight in layer.get_weights()]
        weights[0] = weights[0] * np.float32(self.scale)
        np.savez(path, *weights, image_shape=gan.data_shape)

    def contents(self, path):
        with np.load(path) as arrays:
            latent_dim = arrays["arr_0"].shape[0]
            image_shape = arrays["image_shape"].tolist()
        generate = Endpoint(
            inputs={"latents": TensorType("float32", [None, latent_dim])},
            outputs={"images": TensorType("float32", [None, *image_shape])},
        )
        return export.contents_from({"generate": generate})

    @staticmethod
    def player(path):
        import numpy as np

        with np.load(path) as arrays:
            shape = arrays["image_shape"]
            weights = [arrays[f"arr_{index}"] for index in range(len(arrays) - 1)]

        def play(endpoint, inputs):
            x = inputs["latents"]
            for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
                x = np.maximum(x @ kernel + bias, 0)
            x = 1 / (1 + np.exp(-(x @ weights[-2] + weights[-1])))
            return {"images": x.reshape(-1, *shape)}

        return play


CONTENTS = export.contents_from(
    {
        "generate": Endpoint(
            inputs={"latents": TensorType("float32", [None, 3])},
            outputs={"images": TensorType("float32", [None, 4, 4, 1])},
        )
    }
)


@pytest.fixture(scope="module")
def gan():
    return play_tiny_gan()


@pytest.fixture
def numpy_format(monkeypatch):
    before = dict(export.FORMATS)
    export.register_format(NumPyFormat())
    yield
    export.FORMATS.clear()
    export.FORMATS.update(before)


@pytest.mark.usefixtures("numpy_format")
def test_an_own_format_is_exported_compared_and_described(gan, tmp_path):
    known_range = Provenance(value_range=(0.0, 1.0))
    path, report = export.export_generator(
        gan, tmp_path, "numpy", provenance=known_range
    )
    assert path == tmp_path / "generator.npz"
    assert report.passed and report.endpoints.keys() == {"generate"}
    assert 0 < report.max_abs_error <= 1e-5  # other arithmetic than TensorFlow's
    assert export.check_parity(gan, path).max_abs_error == report.max_abs_error
    latents = gan.prior.sample(5, seed=1).numpy()
    images = gan.generator(latents).numpy()
    np.testing.assert_allclose(export.run_artefact(path, latents), images, atol=1e-5)
    record = json.loads((tmp_path / "generator.npz.json").read_text())
    assert record["endpoints"]["generate"]["inputs"] == {
        "latents": {"dtype": "float32", "shape": [None, 3]}
    }
    card = (tmp_path / "generator.npz.md").read_text()
    assert "Images of 4 x 4 x 1, values in [0, 1], from 3 latent numbers" in card
    assert "| `generate` | in | `latents` | float32 [any, 3] |" in card
    assert f"Largest difference {report.max_abs_error:.1e}" in card
    assert (tmp_path / "generator.npz.png").is_file()


@pytest.mark.usefixtures("numpy_format")
def test_an_own_format_that_differs_never_takes_its_name(gan, tmp_path):
    with pytest.raises(ValueError, match="was not written: parity with Keras"):
        export.export_generator(gan, tmp_path, "numpy", scale=1.1)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="Expected one of scale"):
        export.export_generator(gan, tmp_path, "numpy", scales=1.1)


@pytest.mark.usefixtures("numpy_format")
def test_the_command_line_knows_an_own_format(gan, tmp_path, capsys):
    gan.save(tmp_path / "gan.keras")
    command = [str(tmp_path / "gan.keras"), "--output", str(tmp_path), "--format"]
    assert main([*command, "numpy"]) == 0
    assert (tmp_path / "generator.npz").is_file()
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "latents to float images, by NumPy alone" in capsys.readouterr().out


class WithoutItsImport(NumPyFormat):
    @staticmethod
    def player(path):
        return np.load(path)


def test_a_player_that_leans_on_its_module_is_found_out(gan, tmp_path, monkeypatch):
    lazy = WithoutItsImport(name="lazy", file_name="generator.lazy")
    monkeypatch.setitem(export.FORMATS, "lazy", lazy)
    monkeypatch.setattr(NumPyFormat, "write", lambda self, gan, path, _: path.touch())
    monkeypatch.setattr(NumPyFormat, "contents", lambda self, path: CONTENTS)
    with pytest.raises(RuntimeError, match="name 'np' is not defined"):
        export.export_generator(gan, tmp_path, "lazy")


def test_a_player_without_source_is_found_out(gan, tmp_path, monkeypatch):
    typed = {"NumPyFormat": NumPyFormat}
    lines = [
        "class Typed(NumPyFormat):",
        "    @staticmethod",
        "    def player(path): return None",
    ]
    exec("\n".join(lines), typed)
    format = typed["Typed"](name="typed", file_name="generator.typed")
    monkeypatch.setitem(export.FORMATS, "typed", format)
    monkeypatch.setattr(NumPyFormat, "write", lambda self, gan, path, _: path.touch())
    monkeypatch.setattr(NumPyFormat, "contents", lambda self, path: CONTENTS)
    with pytest.raises(ValueError, match="must be written in a file"):
        export.export_generator(gan, tmp_path, "typed")
    assert list(tmp_path.iterdir()) == []


def test_a_format_takes_the_options_that_it_has(gan, tmp_path):
    with pytest.raises(ValueError, match="Expected one of max_samples. Received: opt"):
        export.export_generator(gan, tmp_path, "onnx_prior", weights="int8")


@pytest.mark.usefixtures("play_here")
def test_weights_are_an_option_of_the_formats_that_have_it(tmp_path):
    gan = kg.GAN(
        kg.networks.mlp_generator(8, (8, 8, 1), (64, 64), seed=1, weight_range=0.5),
        kg.networks.maxout_discriminator((8, 8, 1), (4,)),
        kg.priors.UniformPrior(8),
    )
    _, report = export.export_generator(gan, tmp_path, "onnx", weights="float16")
    assert report.passed and 1e-7 < report.max_abs_error < 2e-3


class WithSelf(NumPyFormat):
    def player(self, path):
        return None


@pytest.mark.parametrize(
    "format, error, text",
    [
        ("onnx", TypeError, "must be an export.ExportFormat"),
        (NumPyFormat, TypeError, "must be an export.ExportFormat"),
        (WithSelf(), TypeError, "must be a @staticmethod"),
        (NumPyFormat(name="onnx"), ValueError, "must have a new name"),
        (NumPyFormat(file_name="own.onnx"), ValueError, "a suffix of its own"),
    ],
)
def test_formats_that_are_refused(format, error, text):
    before = dict(export.FORMATS)
    with pytest.raises(error, match=text):
        export.register_format(format)
    assert before == export.FORMATS


def test_the_folder_run_as_a_file_does_not_hide_the_package_onnx(monkeypatch):
    # `python export/__main__.py` puts that folder, and its room `onnx`, on the path.
    folder = Path(export.__file__).parent
    find = importlib.machinery.PathFinder.find_spec
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    assert Path(find("onnx").origin).parent == folder / "onnx"
    run = runpy.run_path(str(folder / "__main__.py"))
    assert run["main"].__module__ == "<run_path>"
    assert str(folder) not in sys.path
    assert Path(find("onnx").origin) == Path(onnx.__file__)
