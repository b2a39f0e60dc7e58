import zlib

import numpy as np
import pytest

from keras_gan.evaluation import inception
from keras_gan.evaluation.inception import inception_network, load_inception
from keras_gan.evaluation.picture_network import PictureNetwork, assign_tensors

# What the code of pytorch-fid (1232cd6) computes of `made_pictures()` with
# `made_tensors()` as its weights, under PyTorch 2.13.0 and torchvision 0.29.1 on a CPU:
# the first six of 2048 features of both pictures.
FEATURES = [
    [6.92441, 0.07973, 0.0, 5.85300, 6.26996, 0.0],
    [4.51124, 0.00216, 0.0, 4.86927, 3.53951, 0.00629],
]
MEAN, STDDEV = 2.7162068, 3.8611712  # of all features


def made_pictures():
    """Two smooth pictures [2, 64, 64, 3] in [0, 1]."""
    rows, columns = np.mgrid[:64, :64] / 63
    waves = 0.5 + 0.5 * np.sin(12 * (rows + columns))
    picture = np.stack([rows, columns, waves], axis=-1)
    return np.stack([picture, 0.5 * picture[:, ::-1] + 0.25]).astype("float32")


def made_tensor(name, shape):
    """Numbers that depend on a tensor's name alone, of a scale that keeps signals."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    if name.endswith(("running_var", "bn.weight")):
        return random.uniform(0.5, 1.5, shape).astype("float32")
    scale = np.sqrt(2 / np.prod(shape[1:])) if len(shape) > 1 else 0.1
    return random.normal(0, scale, shape).astype("float32")


def shapes_there(network, place):
    """Shapes of a layer's tensors in PyTorch's order of axes."""
    for weight in network.get_layer(place.layer).get_weights():
        axes = (3, 2, 0, 1) if weight.ndim == 4 else range(weight.ndim)[::-1]
        yield weight.transpose(*axes).shape


@pytest.fixture(scope="module")
def network():
    return inception_network()


@pytest.fixture(scope="module")
def tensors(network):
    return {
        f"{place.owner}.{name}": made_tensor(f"{place.owner}.{name}", shape)
        for place in inception._places()
        for name, shape in zip(place.tensors, shapes_there(network, place), strict=True)
    }


@pytest.mark.exhaustive
def test_it_computes_what_pytorch_fid_does(network, tensors):
    assert len(tensors) == 472  # of a state dict of 566, 94 are counters
    assign_tensors(network, tensors, inception._places(), "InceptionV3")
    pictures = PictureNetwork(network, "made up", inception._prepared)
    features = pictures(made_pictures())
    assert features.shape == (2, 2048)
    np.testing.assert_allclose(features[:, :6], FEATURES, rtol=0, atol=1e-4)
    np.testing.assert_allclose(
        [features.mean(), features.std()], [MEAN, STDDEV], rtol=1e-5
    )


@pytest.mark.exhaustive
def test_weights_of_another_network_are_refused(
    network, tensors, tmp_path, monkeypatch
):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"no weights")
    with pytest.raises(ValueError, match="is no plain dict of tensors"):
        load_inception(path)
    monkeypatch.setattr(inception, "inception_network", lambda: network)

    def load(held):
        monkeypatch.setattr(inception, "read_torch_tensors", lambda _: held)
        return load_inception(path)

    assert load(tensors).name == "InceptionV3-c814b209"  # sha256 of the file
    with pytest.raises(ValueError, match=r"InceptionV3 has no AuxLogits\.fc\.bias"):
        load({**tensors, "AuxLogits.fc.bias": np.zeros(3, "float32")})
    with pytest.raises(ValueError, match=r"need fc\.bias"):
        load({key: tensors[key] for key in tensors if key != "fc.bias"})
