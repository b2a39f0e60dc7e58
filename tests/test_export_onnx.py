import json

import numpy as np
import onnx
import onnxruntime
import pytest
from exports import played_here
from games import make_tiny_gan, play_tiny_gan

import keras_gan as kg
from export import (
    Provenance,
    check_parity,
    export_onnx,
    export_onnx_prior,
    run_artefact,
)

pytestmark = pytest.mark.usefixtures("play_here")

KNOWN_RANGE = Provenance(value_range=(-1.0, 2.0))


@pytest.fixture(scope="module")
def trained():
    return play_tiny_gan()


@pytest.fixture(scope="module")
def normal():
    base = make_tiny_gan()
    prior = kg.priors.NormalPrior(3, mean=0.5, stddev=2.0)
    return kg.GAN(base.generator, base.discriminator, prior)


def run(path, **inputs):
    session = onnxruntime.InferenceSession(path)
    (output,) = session.run(None, inputs)
    return output


def scalars(num_samples, seed):
    return {
        "num_samples": np.array(num_samples, "int32"),
        "seed": np.array(seed, "int32"),
    }


def test_names_shapes_and_metadata(trained, tmp_path):
    path = tmp_path / "generator.onnx"
    export_onnx(
        trained,
        path,
        provenance=Provenance(
            value_range=(0.0, 1.0), dataset="noise", epochs=2, license="mit"
        ),
    )
    session = onnxruntime.InferenceSession(path)
    (latents,), (images,) = session.get_inputs(), session.get_outputs()
    assert (latents.name, latents.shape) == ("latents", ["batch", 3])
    assert (images.name, images.shape) == ("images", ["batch", 4, 4, 1])
    onnx.checker.check_model(str(path), full_check=True)
    metadata = session.get_modelmeta().custom_metadata_map
    assert metadata["producer"] == f"keras_gan {kg.__version__}"
    assert json.loads(metadata["prior"])["low"] == -1.0
    assert json.loads(metadata["value_range"]) == [0.0, 1.0]
    assert metadata["license"] == "mit" and metadata["training_epochs"] == "2"


@pytest.mark.parametrize(
    "pixels, shape", [("uint8", (6, 4, 4, 1)), ("uint8_nchw", (6, 1, 4, 4))]
)
def test_bytes_are_scaled_inside_the_graph(trained, tmp_path, pixels, shape):
    path = tmp_path / "g.onnx"
    export_onnx(trained, path, pixels=pixels, provenance=KNOWN_RANGE)
    latents = trained.prior.sample(6, seed=3).numpy()
    received = run(path, latents=latents)
    assert received.dtype == np.uint8 and received.shape == shape
    images = trained.generator(latents).numpy().astype("float64")
    expected = np.clip((images + 1.0) / 3.0, 0, 1) * 255
    assert np.abs(received.reshape(images.shape) - expected).max() <= 0.5 + 1e-3
    assert len(np.unique(received)) > 10


def test_the_form_that_torch_fidelity_reads(normal, tmp_path):
    path = tmp_path / "g.onnx"
    export_onnx(
        normal,
        path,
        pixels="uint8_rgb_nchw",
        standard_noise=True,
        provenance=KNOWN_RANGE,
    )
    noise = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    received = run(path, latents=noise)
    assert received.dtype == np.uint8 and received.shape == (5, 3, 4, 4)
    images = normal.generator(0.5 + 2.0 * noise).numpy()
    expected = (np.clip((images + 1) / 3, 0, 1) * 255).transpose(0, 3, 1, 2)
    assert np.abs(received - expected).max() <= 0.5 + 1e-3
    metadata = onnxruntime.InferenceSession(path).get_modelmeta().custom_metadata_map
    assert metadata["noise"] == "normal"


def test_a_seeded_file_makes_the_images_of_sample(
    trained, bounded, unconditional_exports
):
    for seed in (0, 7, 2**31 - 1):
        (images,) = bounded.run(None, scalars(33, seed))
        np.testing.assert_allclose(images, trained.sample(33, seed=seed), atol=1e-5)
    images = run(unconditional_exports["onnx_seeded"].path, **scalars(33, 7))
    normal = unconditional_exports.gan
    np.testing.assert_allclose(images, normal.sample(33, seed=7), atol=1e-5)


def test_random_numbers_are_those_of_tensorflow(tmp_path, unconditional_exports):
    # Sizes that are no multiple of Philox's four words, and more than one dimension.
    base = make_tiny_gan()
    uniform = kg.priors.UniformPrior(3, -2.0, 5.0)
    gan = kg.GAN(base.generator, base.discriminator, uniform)
    export_onnx_prior(gan, tmp_path / "prior.onnx")
    normal = unconditional_exports.gan.prior
    for prior, path, tolerance in (
        (uniform, tmp_path / "prior.onnx", 0),  # bit for bit
        (normal, unconditional_exports["onnx_prior"].path, 1e-5),  # log, sin and cos
    ):
        for num_samples, seed in ((1, 0), (2, 12345), (7, 1), (1024, 2**31 - 1)):
            latents = run(path, **scalars(num_samples, seed))
            expected = prior.sample(num_samples, seed=seed).numpy()
            np.testing.assert_allclose(latents, expected, rtol=0, atol=tolerance)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    "prior",
    [
        kg.priors.GaussianMixturePrior([[0.0, 1.0, 2.0], [-1.0, 0.5, 3.0]], 0.25),
        kg.priors.SphericalPrior(3),
        kg.priors.TruncatedNormalPrior(3, bound=3.5),  # into the tails' polynomial
    ],
    ids=lambda prior: type(prior).__name__,
)
def test_other_priors_are_drawn_as_they_are(prior, tmp_path):
    base = make_tiny_gan()
    gan = kg.GAN(base.generator, base.discriminator, prior)
    export_onnx_prior(gan, tmp_path / "prior.onnx")
    for num_samples, seed in ((1, 0), (1024, 2**31 - 1)):
        latents = run(tmp_path / "prior.onnx", **scalars(num_samples, seed))
        expected = prior.sample(num_samples, seed=seed).numpy()
        np.testing.assert_allclose(latents, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "num_samples, seed, name",
    [
        (10**9, 0, "num_samples_must_be_from_1_to_64"),
        (0, 0, "num_samples_must_be_from_1_to_64"),
        (-1, 0, "num_samples_must_be_from_1_to_64"),
        (65, 0, "num_samples_must_be_from_1_to_64"),
        (4, -1, "seed_must_be_from_0_to_2147483647"),
    ],
)
def test_a_seeded_file_refuses_what_it_cannot_draw(bounded, num_samples, seed, name):
    with pytest.raises(Exception, match=name):
        bounded.run(None, scalars(num_samples, seed))
    (images,) = bounded.run(None, scalars(64, 5))
    assert images.shape == (64, 4, 4, 1)


@pytest.fixture(scope="module")
def bounded(trained, tmp_path_factory):
    path = tmp_path_factory.mktemp("bounded") / "g.onnx"
    with played_here():
        export_onnx(trained, path, seeded=True, max_samples=64)
    return onnxruntime.InferenceSession(path)


def test_a_seeded_file_makes_nothing_of_latents(trained, tmp_path):
    path = tmp_path / "g.onnx"
    with played_here():
        export_onnx(trained, path, seeded=True)
    with pytest.raises(
        ValueError, match=r"that it is given.*g\.onnx, which can sample"
    ):
        run_artefact(path, np.zeros((2, 3), "float32"))


def test_latents_of_the_wrong_kind_are_refused(trained, tmp_path):
    path = tmp_path / "g.onnx"
    export_onnx(trained, path)
    with pytest.raises(Exception, match="for input: latents"):
        run(path, latents=np.zeros((2, 4), "float32"))
    with pytest.raises(Exception, match=r"expected: \(tensor\(float\)\)"):
        run(path, latents=np.zeros((2, 3), "float64"))


def wide_gan():
    return kg.GAN(
        kg.networks.mlp_generator(8, (8, 8, 1), (256, 256), seed=1),
        kg.networks.maxout_discriminator((8, 8, 1), (4,), seed=2),
        kg.priors.UniformPrior(8),
    )


def test_smaller_weights_are_smaller_and_say_what_they_cost(tmp_path):
    gan = wide_gan()
    num_bytes = 4 * gan.generator.count_params()

    def brightness(images):
        assert images.shape == (10_000, 8, 8, 1)
        return {"brightness": images.mean()}

    reports = {}
    for weights in ("float32", "float16", "int8"):
        path = tmp_path / f"{weights}.onnx"
        reports[weights] = export_onnx(
            gan,
            path,
            weights=weights,
            provenance=Provenance(value_range=(0.0, 1.0)),
            quality=None if weights == "float32" else brightness,
        )
        (images,) = onnxruntime.InferenceSession(path).get_outputs()
        assert images.type == "tensor(float)"
    # Biases that are 0 still are left out.
    assert 0.95 * num_bytes < reports["float32"].num_bytes < 1.1 * num_bytes
    assert reports["float16"].num_bytes < 0.56 * num_bytes
    assert reports["int8"].num_bytes < 0.32 * num_bytes
    assert 1e-7 < reports["float16"].max_abs_error < 2e-3
    assert reports["float16"].max_abs_error < reports["int8"].max_abs_error < 0.2
    quality = json.loads((tmp_path / "int8.onnx.json").read_text())["quality"]
    expected = gan.sample(10_000, seed=0).mean()
    assert quality["keras"]["brightness"] == pytest.approx(expected, rel=1e-6)
    assert quality["artefact"]["brightness"] == pytest.approx(expected, abs=0.02)
    assert quality["artefact"]["brightness"] != quality["keras"]["brightness"]
    assert "| brightness |" in (tmp_path / "int8.onnx.md").read_text()


@pytest.mark.parametrize(
    "options",
    [
        {"standard_noise": True},
        {"pixels": "uint8"},
        {"pixels": "uint8_nchw"},
        {"pixels": "uint8_rgb_nchw", "standard_noise": True},
    ],
)
def test_quality_is_of_the_same_images_however_they_are_handed_out(tmp_path, options):
    measured = []

    def moments(images):
        assert images.shape == (10_000, 8, 8, 1) and images.dtype == "float32"
        measured.append(images[:100])
        return {"mean": images.mean(), "std": images.std()}

    export_onnx(
        wide_gan(),
        tmp_path / "g.onnx",
        weights="float16",
        provenance=Provenance(value_range=(0.0, 1.0)),
        quality=moments,
        **options,
    )
    # Half a gray level, and what half precision loses.
    np.testing.assert_allclose(measured[0], measured[1], atol=0.6 / 255)


def test_bytes_of_weights_in_int8_may_differ_by_as_much_as_floats(tmp_path):
    gan = wide_gan()
    gan.generator.set_weights([4 * weight for weight in gan.generator.get_weights()])
    reports = {
        pixels: export_onnx(
            gan,
            tmp_path / f"{pixels}.onnx",
            weights="int8",
            pixels=pixels,
            provenance=Provenance(value_range=(0.0, 1.0)),
        )
        for pixels in ("float32", "uint8")
    }
    levels = 255 * reports["float32"].max_abs_error
    assert levels > 2  # more than a rounding
    assert reports["uint8"].max_abs_error == pytest.approx(levels, abs=1)
    assert reports["uint8"].tolerance == 255 * reports["float32"].tolerance + 1


def test_quality_of_what_draws_its_own_latents_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`quality` is measured .* can sample; leave"):
        export_onnx(
            wide_gan(),
            tmp_path / "g.onnx",
            seeded=True,
            weights="float16",
            quality=lambda images: {"mean": images.mean()},
        )
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("opset", [13, 18])
def test_the_opset_is_a_choice(trained, tmp_path, opset):
    export_onnx(trained, tmp_path / "g.onnx", opset=opset)
    model = onnx.load(tmp_path / "g.onnx")
    assert model.opset_import[0].version == opset


def test_invalid_options(trained, tmp_path):
    path = tmp_path / "g.onnx"
    linear = kg.networks.mlp_generator(3, (4, 4, 1), (4,), output_activation="linear")
    of_any_range = kg.GAN(linear, trained.discriminator, trained.prior)
    with pytest.raises(ValueError, match="needs to know what is black"):
        export_onnx(of_any_range, path, pixels="uint8")
    with pytest.raises(ValueError, match="Did you mean 'uint8'"):
        export_onnx(trained, path, pixels="uint", provenance=KNOWN_RANGE)
    with pytest.raises(ValueError, match="`weights`"):
        export_onnx(trained, path, weights="int4")
    with pytest.raises(ValueError, match="`opset`. Expected an integer from 13 to 18"):
        export_onnx(trained, path, opset=7)
    with pytest.raises(ValueError, match="`opset`. Expected an integer from 18"):
        export_onnx(trained, path, opset=17, seeded=True)
    with pytest.raises(ValueError, match="`standard_noise` scales latents"):
        export_onnx(trained, path, seeded=True, standard_noise=True)
    with pytest.raises(ValueError, match="`max_samples`"):
        export_onnx(trained, path, seeded=True, max_samples=0)
    with pytest.raises(ValueError, match="`value_range`"):
        Provenance(value_range=(1.0, 0.0))
    assert list(tmp_path.iterdir()) == []


def test_parity_of_a_file_that_lies_is_found(trained, tmp_path):
    path = tmp_path / "g.onnx"
    export_onnx(trained, path)
    model = onnx.load(path)
    weight = max(model.graph.initializer, key=lambda tensor: len(tensor.raw_data))
    values = onnx.numpy_helper.to_array(weight).copy()
    values.flat[0] += 0.01
    weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
    onnx.save(model, path)
    report = check_parity(trained, path)
    assert not report.passed and report.max_abs_error < 0.1
