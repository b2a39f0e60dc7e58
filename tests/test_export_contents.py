"""Records and model cards against what each file itself takes and gives."""

import dataclasses
import json

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from exports import LATENT_DIM, OF_GENERATORS, latents_input

import keras_gan as kg
from export import (
    FORMATS,
    Provenance,
    check_parity,
    export_generator,
    export_onnx,
    export_saved_model,
)
from export.contract.names import IMAGES
from export.record.artefact import write_checked

PIXELS = {
    "onnx_uint8": "uint8",
    "onnx_uint8_nchw": "uint8_nchw",
    "onnx_torch_fidelity": "uint8_rgb_nchw",
    "onnx_prior": None,
}
NOISE = {"onnx_torch_fidelity": "normal", "onnx_seeded": None, "onnx_prior": None}
NORMAL = "NormalPrior(mean=0.5, stddev=2.0)"
BYTES = "bytes from 0, black, to 255, white"
SUMMARIES = {
    "onnx": f"Images of 8 x 8 x 1, values in [0, 1], from 6 latent numbers drawn from "
    f"{NORMAL}.",
    "onnx_uint8": f"Images of 8 x 8 x 1, {BYTES}, from 6 latent numbers drawn from "
    f"{NORMAL}.",
    "onnx_uint8_nchw": f"Images of 1 x 8 x 8, {BYTES}, from 6 latent numbers drawn "
    f"from {NORMAL}.",
    "onnx_torch_fidelity": f"Images of 3 x 8 x 8, {BYTES}, from 6 latent numbers drawn "
    f"from N(0, 1), which the file scales to {NORMAL}.",
    "onnx_seeded": "Images of 8 x 8 x 1, values in [0, 1], from 6 latent numbers that "
    f"it draws from {NORMAL} by a seed.",
    "onnx_prior": f"Draws of 6 latent numbers from {NORMAL}, by their seed.",
}


@pytest.fixture(scope="module", params=sorted(OF_GENERATORS))
def exported(request, unconditional_exports):
    path, _, record, card = unconditional_exports[request.param]
    return request.param, path, record, card


def own_signature(path):
    """Endpoints, sides, names, dtypes and shapes, as the file's runtime tells them."""
    if path.suffix == ".onnx":
        return onnx_signature(path)
    if path.suffix == ".tflite":
        return litert_signature(path)
    found = set()
    for name, function in tf.saved_model.load(str(path)).signatures.items():
        sides = {
            "inputs": function.structured_input_signature[1],
            "outputs": function.structured_outputs,
        }
        for side, specs in sides.items():
            for tensor, spec in specs.items():
                shape = tuple(spec.shape.as_list())
                found.add((name, side, tensor, spec.dtype.name, shape))
    return {entry for entry in found if entry[0] != "serving_default"}


def onnx_signature(path):
    session = onnxruntime.InferenceSession(path)
    dtypes = {"float": "float32"}
    takes = {tensor.name for tensor in session.get_inputs()}
    endpoint = "generate" if takes == {"latents"} else "sample"
    sides = {"inputs": session.get_inputs(), "outputs": session.get_outputs()}
    return {
        (
            endpoint,
            side,
            tensor.name,
            dtypes.get(tensor.type[7:-1], tensor.type[7:-1]),  # of `tensor(uint8)`
            tuple(tensor.shape),
        )
        for side, tensors in sides.items()
        for tensor in tensors
    }


def litert_signature(path):
    interpreter = Interpreter(str(path))
    ((endpoint, names),) = interpreter.get_signature_list().items()
    sides = {
        "inputs": interpreter.get_input_details(),
        "outputs": interpreter.get_output_details(),
    }
    found = set()
    for side, tensors in sides.items():
        ((name,), (tensor,)) = names[side], tensors
        sizes = (None if size < 0 else size for size in tensor["shape_signature"])
        found.add((endpoint, side, name, tensor["dtype"].__name__, tuple(sizes)))
    return found


def recorded(record):
    return {
        (endpoint, side, name, tensor["dtype"], tuple(tensor["shape"]))
        for endpoint, sides in record["endpoints"].items()
        for side, tensors in sides.items()
        for name, tensor in tensors.items()
    }


def test_record_and_card_say_what_the_file_says(exported):
    name, path, record, card = exported
    own = own_signature(path)
    assert recorded(record) == own
    rows = {
        tuple(cell.strip(" `") for cell in line.split("|")[1:5])
        for line in card.splitlines()
        if line.startswith("| `")
    }
    assert rows == {
        (endpoint, side.removesuffix("puts"), tensor, f"{dtype} {text(shape)}")
        for endpoint, side, tensor, dtype, shape in own
    }
    assert record["pixels"] == PIXELS.get(name, "float32")
    assert record["noise"] == NOISE.get(name, "prior")
    assert SUMMARIES.get(name, SUMMARIES["onnx"]) in card
    if record["pixels"]:
        order = "channels first" if "nchw" in record["pixels"] else "channels last"
        assert order in card
    assert ("bytes from 0" in card) == ("gray levels" in card) == ("uint8" in card)
    assert ("values in [0, 1]" in card) == (record["pixels"] == "float32")


def text(shape):
    if not shape:
        return "scalar"
    return f"[{', '.join('any' if size is None else str(size) for size in shape)}]"


def test_what_the_file_gives_has_the_recorded_type(exported):
    name, path, record, _ = exported
    play = FORMATS[name].player(path)
    for endpoint, sides in record["endpoints"].items():
        inputs = {
            name: np.full(
                [6 if size in (None, "batch") else size for size in tensor["shape"]],
                1,
                tensor["dtype"],
            )
            for name, tensor in sides["inputs"].items()
        }
        outputs = play(endpoint, inputs)
        assert set(outputs) == set(sides["outputs"])
        for name, output in outputs.items():
            assert output.dtype.name == sides["outputs"][name]["dtype"]
            _, *sizes = sides["outputs"][name]["shape"]
            assert list(output.shape[1:]) == sizes
            assert (IMAGES in outputs) <= (name == IMAGES)


def test_an_onnx_graph_bears_the_name_of_its_model(exported):
    name, path, _, _ = exported
    expected = "prior" if name == "onnx_prior" else "portraits"
    assert path.suffix != ".onnx" or onnx.load(path).graph.name == expected


def test_a_prior_has_a_card_without_images(unconditional_exports):
    card = unconditional_exports["onnx_prior"].card
    assert "# Prior: prior.onnx" in card
    for word in ("Images of", "Weights:", "values in"):
        assert word not in card


def gan_of(layer, channels=1):
    """An 8x8 generator with a layer of its own behind the latents."""
    latents = keras.Input((6,), name="latents")
    pixels = keras.layers.Dense(64 * channels, "sigmoid")(layer(latents))
    images = keras.layers.Reshape((8, 8, channels))(pixels)
    shape = (8, 8, channels)
    discriminator = kg.networks.maxout_discriminator(shape, (4,))
    prior = kg.priors.NormalPrior(6)
    return kg.GAN(keras.Model(latents, images), discriminator, prior)


@keras.saving.register_keras_serializable("tests")
class Shifted(keras.layers.Layer):
    """Holds a tensor that is no weight."""

    def build(self, input_shape):
        self.shift = keras.ops.linspace(0.0, 1.0, input_shape[-1])

    def call(self, inputs):
        return inputs + self.shift


@keras.saving.register_keras_serializable("tests")
class Noise(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1)

    def call(self, inputs):
        shape = keras.ops.shape(inputs)
        return inputs + keras.random.normal(shape, seed=self.seed_generator)


def adapted():
    layer = keras.layers.Normalization()
    layer.adapt(np.random.default_rng(0).normal(2.0, 3.0, size=(50, 6)))
    return layer


@pytest.mark.usefixtures("play_here")
@pytest.mark.parametrize("layer", [adapted, Shifted])
def test_tensors_that_layers_hold_are_constants_of_the_file(layer, tmp_path):
    gan = gan_of(layer())
    path = tmp_path / "generator.onnx"
    assert export_onnx(gan, path).passed
    takes = [one.name for one in onnxruntime.InferenceSession(path).get_inputs()]
    assert takes == ["latents"]


@pytest.mark.usefixtures("play_here")
@pytest.mark.parametrize("name", ["onnx_seeded", "onnx_prior", "saved_model"])
def test_files_that_draw_few_rows_are_compared_by_so_many(name, tmp_path):
    gan = gan_of(keras.layers.Dense(9, "relu"))
    format = dataclasses.replace(FORMATS[name], max_samples=3)
    path, report = write_checked(format, gan, tmp_path / format.file_name)
    assert report.passed
    assert check_parity(gan, path).passed
    assert format.contents(path).max_samples == 3


@pytest.mark.usefixtures("play_here")
@pytest.mark.parametrize("name", ["onnx", "saved_model", "litert"])
def test_a_layer_that_draws_noise_is_refused_by_name(name, tmp_path):
    with pytest.raises(ValueError, match="noise of its own.*layer 'haze'"):
        export_generator(gan_of(Noise(name="haze")), tmp_path, name)
    assert not [*tmp_path.iterdir()]


@pytest.mark.usefixtures("play_here")
def test_a_saved_model_looks_integers_up(tmp_path):
    latents, codes = latents_input(), keras.Input((), name="codes", dtype="int32")
    known = keras.layers.IntegerLookup(vocabulary=[10, 20, 30])(codes)
    rows = keras.layers.Concatenate()([latents, keras.layers.Embedding(4, 3)(known)])
    pixels = keras.layers.Dense(64, "sigmoid")(rows)
    gan = kg.GAN(
        keras.Model([latents, codes], keras.layers.Reshape((8, 8, 1))(pixels)),
        kg.networks.maxout_discriminator((8, 8, 1), (4,)),
        kg.priors.NormalPrior(LATENT_DIM),
        conditions={"codes": kg.priors.EmpiricalPrior([10, 20, 30])},
    )
    assert export_saved_model(gan, tmp_path / "model").passed


@pytest.mark.usefixtures("play_here")
def test_parity_of_mixed_precision_is_that_of_the_export(tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        gan = gan_of(keras.layers.Dense(9, "relu"))
    finally:
        keras.config.set_dtype_policy("float32")
    path = tmp_path / "generator.onnx"
    assert export_onnx(gan, path).passed and check_parity(gan, path).passed


@pytest.mark.usefixtures("play_here")
@pytest.mark.parametrize("stddev", [100.0, 1e-4])
def test_the_tolerance_of_lossy_weights_is_that_of_what_is_made(stddev, tmp_path):
    latents = latents_input()
    wide = keras.initializers.RandomNormal(stddev=stddev, seed=1)
    hidden = keras.layers.Dense(200, "relu")(latents)
    points = keras.layers.Dense(2, kernel_initializer=wide)(hidden)
    gan = kg.GAN(
        keras.Model(latents, points),
        keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]),
        kg.priors.NormalPrior(LATENT_DIM),
    )
    _, report = export_generator(gan, tmp_path, "onnx_float16")
    made = gan.sample(72, seed=0)
    spread = np.max(made) - np.min(made)  # of other draws: within a factor of two
    assert 0.5 < report.tolerance / (0.05 * spread) < 2


def test_bytes_of_red_green_and_blue_are_of_one_or_three_channels(tmp_path):
    gan = gan_of(keras.layers.Dense(9, "relu"), channels=4)
    with pytest.raises(ValueError, match="1 or 3 channels.*8, 4"):
        export_onnx(gan, tmp_path / "four.onnx", pixels="uint8_rgb_nchw")


@pytest.mark.usefixtures("play_here")
def test_what_stands_beside_a_file_is_its_own(tmp_path):
    path = tmp_path / "generator.onnx"
    export_onnx(gan_of(keras.layers.Dense(9)), path)
    assert path.with_name("generator.onnx.png").exists()
    export_onnx(gan_of(keras.layers.Dense(9), channels=4), path, overwrite=True)
    assert not path.with_name("generator.onnx.png").exists()
    with pytest.raises(ValueError, match="`evaluation` must be what"):
        Provenance(evaluation={"scores": 1})
    stated = Provenance(value_range=(*np.float32([0, 1]),)).metadata()
    assert json.loads(stated["value_range"]) == [0, 1]
