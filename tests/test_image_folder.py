import numpy as np
import pytest
import tensorflow as tf

import keras_gan as kg
from keras_gan.datasets import load_image_folder


def write_png(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(tf.io.encode_png(np.asarray(pixels, "uint8")).numpy())


def flat(value, channels=3, size=(6, 6)):
    return np.full((*size, channels), value)


def random_pixels(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, "uint8")


def everything(data):
    parts = (data.train, data.valid, data.test)
    return np.concatenate([part.images for part in parts])


@pytest.fixture
def pictures(tmp_path):
    """Twenty flat pictures, whose grey level is their number, in two folders."""
    for number in range(20):
        kind = "odd" if number % 2 else "even"
        write_png(tmp_path / kind / "deeper" / f"{number:02}.png", flat(number))
    return tmp_path


def test_every_picture_is_in_one_split(pictures):
    data = load_image_folder(pictures, (4, 4), valid_fraction=0.2)
    assert data.image_shape == (4, 4, 3) and data.value_range == (0.0, 1.0)
    assert data.name == pictures.name
    assert [len(part) for part in (data.train, data.valid, data.test)] == [14, 4, 2]
    levels = np.sort(everything(data)[:, 0, 0, 0] * 255)
    np.testing.assert_allclose(levels, range(20), atol=1e-4)
    again = load_image_folder(pictures, (4, 4), valid_fraction=0.2)
    np.testing.assert_array_equal(everything(data), everything(again))
    other = load_image_folder(pictures, (4, 4), valid_fraction=0.2, seed=1)
    assert not np.array_equal(data.train.images, other.train.images)


def test_labels_number_the_folders(pictures):
    data = load_image_folder(pictures, (4, 4))
    levels = np.round(data.train.images[:, 0, 0, 0] * 255).astype(int)
    np.testing.assert_array_equal(data.train.labels, levels % 2)  # "even" before "odd"
    write_png(pictures / "neither.png", flat(3))
    assert load_image_folder(pictures, (4, 4)).train.labels is None


def test_the_middle_is_kept_and_not_resized_without_need(tmp_path):
    wide = random_pixels(4, 8, 3)
    for name in "abc":
        write_png(tmp_path / f"{name}.png", wide)
    received = everything(load_image_folder(tmp_path, (4, 4)))
    np.testing.assert_allclose(received[0], wide[:, 2:6] / 255.0, atol=1e-6)


def test_pixels_are_averaged_as_pillow_does(tmp_path):
    image = pytest.importorskip("PIL.Image")
    large = random_pixels(37, 37, 3)
    for name in "abc":
        write_png(tmp_path / f"{name}.png", large)
    expected = image.fromarray(large).resize((9, 9), image.Resampling.BILINEAR)
    received = everything(load_image_folder(tmp_path, (9, 9)))[0] * 255
    np.testing.assert_allclose(received, expected, atol=1.01)  # Pillow rounds twice


def test_colours_and_grey_levels(tmp_path):
    write_png(tmp_path / "grey.png", flat(100, channels=1))
    write_png(tmp_path / "rgb.PNG", flat(100))
    write_png(tmp_path / "rgba.png", flat(100, channels=4))
    for channels in (1, 3):
        received = everything(load_image_folder(tmp_path, (2, 3), channels))
        assert received.shape == (3, 2, 3, channels)
        np.testing.assert_allclose(received, 100 / 255, atol=1 / 255)


def test_a_game_learns_from_a_folder(pictures):
    data = kg.datasets.load("image_folder", pictures)
    assert data.image_shape == (6, 6, 3)  # that of the pictures
    gan = kg.GAN(
        kg.networks.mlp_generator(2, data.image_shape, (4,)),
        kg.networks.maxout_discriminator(data.image_shape, (2,)),
        kg.priors.UniformPrior(2),
    )
    gan.compile("adam", "adam")
    logs = gan.fit(data.train.images, batch_size=8, verbose=0).history
    assert np.isfinite(logs["d_loss"]).all()


def test_files_of_other_kinds_are_told(pictures):
    (pictures / "notes.txt").write_text("no picture")
    (pictures / ".hidden").write_text("nobody asked for it")
    with pytest.warns(UserWarning, match=r"1 files .*left out.*'\.txt': 1"):
        data = load_image_folder(pictures, (4, 4))
    assert len(everything(data)) == 20


def test_one_number_is_a_square(pictures):
    assert load_image_folder(pictures, image_size=4).image_shape == (4, 4, 3)


def test_a_damaged_picture_is_named(pictures):
    damaged = pictures / "odd" / "deeper" / "07.png"
    damaged.write_bytes(damaged.read_bytes()[:-30])
    with pytest.raises(ValueError, match=r"07\.png is no picture that its name"):
        load_image_folder(pictures, (4, 4))


def test_invalid_arguments(pictures, tmp_path):
    for folder in (None, tmp_path / "nothing"):
        with pytest.raises(FileNotFoundError, match="`data_dir` must name a folder"):
            load_image_folder(folder)
    few = tmp_path / "few"
    write_png(few / "one.png", flat(1))
    with pytest.raises(ValueError, match="at least three pictures .*Received: 1 in"):
        load_image_folder(few)
    cases = [
        ({"channels": 2}, "`channels`. Expected 1, 3 or None"),
        ({"image_size": (0, 4)}, r"`image_size\[0\]`"),
        ({"image_size": (4, 4, 3)}, "`image_size`. Expected a sequence of 2"),
        ({"image_size": 0}, "`image_size`"),
        ({"image_size": 4.0}, "`image_size`"),
        ({"valid_fraction": 1.0}, "`valid_fraction`"),
        ({"valid_fraction": 0.6, "test_fraction": 0.6}, "leave pictures to train on"),
        ({"seed": -1}, "`seed`. Expected an integer from 0 to 2147483647"),
    ]
    for arguments, message in cases:
        with pytest.raises(ValueError, match=message):
            load_image_folder(pictures, **arguments)
