import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from exports import played_here
from games import play_tiny_gan

import keras_gan as kg
from export import (
    Provenance,
    check_parity,
    export_generator,
    export_onnx,
    export_saved_model,
)
from export.__main__ import main
from export.formats import FORMATS

PROVENANCE = Provenance(
    value_range=(0.0, 1.0), dataset="noise", recipe="tiny", seed=3, epochs=1
)


@pytest.fixture(scope="module")
def trained():
    return play_tiny_gan()


@pytest.fixture(scope="module")
def artefacts(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")

    def export(name):
        return export_generator(trained, folder, name, provenance=PROVENANCE)

    found = {name: export(name) for name in ("onnx", "litert")}
    with played_here():  # TensorFlow takes seconds to start: it is tried once, below
        found["saved_model"] = export("saved_model")
    return found


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["onnx", "saved_model", "litert"])
def test_artefacts_agree_with_keras_at_any_batch(trained, artefacts, name):
    path, report = artefacts[name]
    assert report.max_abs_error <= 1e-5 and report.passed
    assert report.batch_sizes == (1, 7, 64)
    record = json.loads((path.parent / f"{path.name}.json").read_text())
    assert record["parity"]["max_abs_error"] == report.max_abs_error
    assert record["parity"]["num_bytes"] == report.num_bytes > 0
    assert record["latent_dim"] == 3 and record["image_shape"] == [4, 4, 1]
    assert record["prior"] == {
        "name": "UniformPrior",
        "latent_dim": 3,
        "low": -1.0,
        "high": 1.0,
    }


PLAYERS = {
    "onnx": (
        "import sys, numpy, onnxruntime;"
        "session = onnxruntime.InferenceSession(sys.argv[1]);"
        "latents = numpy.load('latents.npy');"
        "images = session.run(['images'], {'latents': latents})[0];"
        "numpy.save('images.npy', images);"
        "print({'keras', 'keras_gan', 'tensorflow'} & set(sys.modules))"
    ),
    "litert": (
        "import sys, numpy;"
        "from ai_edge_litert.interpreter import Interpreter;"
        "generate = Interpreter(sys.argv[1]).get_signature_runner('generate');"
        "images = generate(latents=numpy.load('latents.npy'))['images'];"
        "numpy.save('images.npy', images);"
        "print({'keras', 'keras_gan', 'tensorflow'} & set(sys.modules))"
    ),
}


@pytest.mark.parametrize("name", sorted(PLAYERS))
def test_artefacts_play_in_a_process_without_us(trained, artefacts, tmp_path, name):
    path, _ = artefacts[name]
    latents = trained.prior.sample(5, seed=8).numpy()
    np.save(tmp_path / "latents.npy", latents)
    output = subprocess.run(
        [sys.executable, "-I", "-c", PLAYERS[name], str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stdout
    assert output.strip() == "set()"
    expected = trained.generator(latents).numpy()
    np.testing.assert_allclose(
        np.load(tmp_path / "images.npy"), expected, rtol=1e-5, atol=1e-5
    )


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", ["onnx", "saved_model", "litert"])
def test_parity_is_found_by_a_process_that_imports_none_of_us(
    trained, artefacts, tmp_path, name
):
    from export.parity import elsewhere, player

    path, _ = artefacts[name]
    latents = trained.prior.sample(2, seed=8).numpy()
    np.savez(tmp_path / "in.npz", **{"0/generate/latents": latents})
    watch = (
        "import runpy, sys; sys.argv = sys.argv[1:];"
        "runpy.run_path(sys.argv[0], run_name='__main__');"
        "names = ('keras', 'keras_gan', 'export', 'tensorflow');"
        # That of ours is None there: not to be imported.
        "print(*(name for name in names if sys.modules.get(name)))"
    )
    script = elsewhere.write_player(FORMATS[name], tmp_path / "play.py")
    arguments = [
        player.__file__,
        script,
        path,
        tmp_path / "in.npz",
        tmp_path / "out.npz",
    ]
    output = subprocess.run(
        [sys.executable, "-P", "-c", watch, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    runtime = {"tensorflow", "keras"} if name == "saved_model" else set()
    assert set(output.split()) <= runtime
    with np.load(tmp_path / "out.npz") as played:
        images = played["0/generate/images"]
    np.testing.assert_allclose(images, trained.generator(latents), atol=1e-5)


def test_the_card_says_what_is_known_and_what_is_not(trained, artefacts, tmp_path):
    path, report = artefacts["onnx"]
    card = (path.parent / "generator.onnx.md").read_text()
    assert "Images of 4 x 4 x 1, values in [0, 1], from 3 latent numbers" in card
    assert "- Data: noise" in card and "- Recipe: tiny" in card
    assert f"Largest difference {report.max_abs_error:.1e}" in card
    assert "Not measured at this epoch." in card and "Not stated." in card
    assert (path.parent / "generator.onnx.png").read_bytes().startswith(b"\x89PNG")
    measured = Provenance(
        license="cc0-1.0", evaluation={"report": "frechet_distance 4.84"}
    )
    with played_here():
        export_onnx(trained, tmp_path / "g.onnx", provenance=measured)
    card = (tmp_path / "g.onnx.md").read_text()
    assert "frechet_distance 4.84" in card and 'license: "cc0-1.0"' in card
    # Nobody stated the range, but the generator ends in a sigmoid.
    assert "- Data: not stated" in card and "values in [0, 1]" in card


def test_an_artefact_that_differs_never_takes_its_name(trained, tmp_path, monkeypatch):
    path = tmp_path / "generator.onnx"
    with played_here():
        export_onnx(trained, path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    for spoil in (lambda images: images + 1e-3, lambda images: images * np.nan):
        with monkeypatch.context() as patch:
            patch.setattr(
                "export.parity.compare.play_elsewhere",
                lambda format, path, cases, spoil=spoil: [
                    spoil(case.expected) for case in cases
                ],
            )
            with pytest.raises(ValueError, match="was not written: parity with Keras"):
                export_onnx(trained, path, overwrite=True)
            with pytest.raises(ValueError, match="was not written"):
                export_onnx(trained, tmp_path / "new.onnx")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.usefixtures("play_here")
def test_an_existing_target_is_kept_unless_told_otherwise(trained, tmp_path):
    path, _ = export_generator(trained, tmp_path, "saved_model")
    with pytest.raises(FileExistsError, match="--overwrite"):
        export_generator(trained, tmp_path, "saved_model")
    path, report = export_generator(trained, tmp_path, "saved_model", overwrite=True)
    assert path.exists() and report.passed


def test_invalid_targets(trained, tmp_path):
    with pytest.raises(ValueError, match="must end in .onnx"):
        export_onnx(trained, tmp_path / "generator.bin")
    with pytest.raises(ValueError, match="Did you mean 'onnx'"):
        export_generator(trained, tmp_path, "onxx")
    with pytest.raises(FileNotFoundError, match="must name an artefact"):
        check_parity(trained, tmp_path / "nothing.onnx")
    (tmp_path / "1").mkdir()
    with pytest.raises(ValueError, match="a SavedModel folder"):
        check_parity(trained, tmp_path / "1")
    with pytest.raises(FileExistsError):
        export_saved_model(trained, tmp_path)
    for name in ("torn.onnx", "torn.tflite", "1/saved_model.pb"):
        (tmp_path / name).write_bytes(b"no protobuf")
        path = tmp_path / name.removesuffix("/saved_model.pb")
        with pytest.raises(ValueError, match=f"that is whole. Received: {path}, of"):
            check_parity(trained, path)
    (tmp_path / "empty.onnx").touch()
    with pytest.raises(ValueError, match=r"empty\.onnx, which gives nothing"):
        check_parity(trained, tmp_path / "empty.onnx")


@pytest.mark.usefixtures("play_here")
def test_module_command(trained, tmp_path, capsys):
    trained.save(tmp_path / "gan.keras")
    arguments = [str(tmp_path / "gan.keras"), "--format", "onnx", "--output"]
    assert main([*arguments, str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "generator.onnx").exists()
    assert main([*arguments, str(tmp_path / "out")]) == 2
    assert "error: `path` must be new" in capsys.readouterr().err
    assert main([str(tmp_path / "no.keras"), *arguments[1:], str(tmp_path)]) == 2


@pytest.mark.usefixtures("play_here")
def test_an_average_is_what_is_exported(tmp_path):
    gan = play_tiny_gan(ema_half_life=20.0)
    path = tmp_path / "generator.onnx"
    assert export_onnx(gan, path).passed
    plain = kg.GAN(gan.generator, gan.discriminator, gan.prior)
    assert not check_parity(plain, path).passed


def test_seeds_that_are_tensors_draw_what_integers_draw():
    prior = kg.priors.NormalPrior(5)

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
    def draw(seed):
        return prior.sample(7, seed=seed)

    for seed in (0, 1, 2**31 - 1):
        expected = prior.sample(7, seed=seed)
        np.testing.assert_array_equal(draw(seed), expected)
        np.testing.assert_array_equal(prior.sample(7, tf.constant(seed)), expected)
