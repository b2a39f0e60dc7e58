import json

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from exports import played_here

import keras_gan as kg
from export import Provenance, export_litert

KNOWN_RANGE = Provenance(value_range=(0.0, 1.0))


@pytest.fixture(scope="module")
def gan():
    return kg.GAN(
        kg.networks.mlp_generator(8, (8, 8, 1), (256, 256), seed=1),
        kg.networks.maxout_discriminator((8, 8, 1), (4,), seed=2),
        kg.priors.UniformPrior(8),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def reports(gan, folder):
    with played_here():
        return {
            weights: export_litert(
                gan,
                folder / f"{weights}.tflite",
                weights=weights,
                provenance=KNOWN_RANGE,
                quality=lambda images: {"brightness": images.mean()},
            )
            for weights in ("float32", "float16", "int8")
        }


@pytest.mark.exhaustive
def test_weights_get_smaller_and_images_stay_close(gan, reports, folder):
    num_bytes = 4 * gan.generator.count_params()
    assert reports["float32"].max_abs_error <= 1e-5
    assert 1e-7 < reports["float16"].max_abs_error < 2e-3
    assert 1e-4 < reports["int8"].max_abs_error < 0.1
    assert reports["float32"].num_bytes < 1.1 * num_bytes
    assert reports["float16"].num_bytes < 0.6 * num_bytes
    assert reports["int8"].num_bytes < 0.35 * num_bytes
    record = json.loads((folder / "int8.tflite.json").read_text())
    assert record["weights"] == "int8"
    brightness = record["quality"]["artefact"]["brightness"]
    assert brightness == pytest.approx(gan.sample(10_000, seed=0).mean(), abs=0.01)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("reports")
def test_int8_takes_and_gives_floats(gan, folder):
    interpreter = Interpreter(str(folder / "int8.tflite"))
    generate = interpreter.get_signature_runner("generate")
    for batch_size in (3, 1):
        latents = gan.prior.sample(batch_size, seed=0).numpy()
        images = generate(latents=latents)["images"]
        assert images.dtype == np.float32 and images.shape == (batch_size, 8, 8, 1)


def test_invalid_options(gan, tmp_path):
    with pytest.raises(ValueError, match="must end in .tflite"):
        export_litert(gan, tmp_path / "g.lite")
    with pytest.raises(ValueError, match="`weights`"):
        export_litert(gan, tmp_path / "g.tflite", weights="int4")
