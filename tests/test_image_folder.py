import struct
import threading
import time
import zlib

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_gan as kg
from keras_gan import _run_files
from keras_gan.datasets import _pictures, image_folder, load_image_folder
from keras_gan.datasets._budget import Budget


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
    """Twenty flat pictures, whose gray level is their number, in two folders."""
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


def test_colors_and_gray_levels(tmp_path):
    write_png(tmp_path / "gray.png", flat(100, channels=1))
    write_png(tmp_path / "rgb.PNG", flat(100))
    opaque = np.concatenate([flat(100), flat(255, channels=1)], axis=-1)
    write_png(tmp_path / "rgba.png", opaque)
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


def damage(pictures):
    cut, text = (pictures / "odd" / "deeper" / name for name in ("07.png", "11.png"))
    cut.write_bytes(cut.read_bytes()[:-30])
    text.write_text("no picture")


def test_all_damaged_pictures_are_listed(pictures):
    damage(pictures)
    told = r"2 pictures in (.|\n)*07\.png: damaged: (.|\n)*11\.png: it is of no format"
    with pytest.raises(ValueError, match=told):
        load_image_folder(pictures, (4, 4))


def test_damaged_pictures_can_be_left_out(pictures):
    damage(pictures)
    with pytest.warns(UserWarning, match=r"2 pictures .* left out(.|\n)*07(.|\n)*11"):
        data = load_image_folder(pictures, on_damaged="skip")
    levels = np.round(np.sort(everything(data)[:, 0, 0, 0] * 255)).tolist()
    assert levels == [level for level in range(20) if level not in (7, 11)]
    odd = np.round(data.train.images[:, 0, 0, 0] * 255).astype(int) % 2
    np.testing.assert_array_equal(data.train.labels, odd)


def test_a_folder_of_damaged_pictures_alone(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.png").write_text("no picture")
    with pytest.raises(ValueError, match="3 pictures in .* cannot be read"):
        load_image_folder(tmp_path)
    with pytest.warns(UserWarning), pytest.raises(ValueError, match="leave pictures"):
        load_image_folder(tmp_path, on_damaged="skip")


def test_a_picture_is_measured_before_it_is_unpacked(tmp_path):
    header = tf.io.encode_png(np.zeros((6, 6, 1), "uint8")).numpy()
    large = bytearray(header)
    large[16:24] = struct.pack(">II", 15_000, 15_000)  # width and height
    large[29:33] = struct.pack(">I", zlib.crc32(large[12:29]))
    (tmp_path / "large.png").write_bytes(large)
    for name in "abc":
        (tmp_path / f"{name}.png").write_bytes(header)
    before = Image.MAX_IMAGE_PIXELS
    with pytest.raises(ValueError, match="its 15000 x 15000 pixels are more than `max"):
        load_image_folder(tmp_path)
    assert Image.MAX_IMAGE_PIXELS == before
    with pytest.raises(ValueError, match="large.png: damaged"):  # it is let in
        load_image_folder(tmp_path, (2, 2), max_pixels=15_000**2)
    with pytest.raises(ValueError, match="6 x 6 pixels are more"):
        load_image_folder(tmp_path, max_pixels=35)


# Exif's value and how NumPy turns what is stored upright (Exif 2.3, table 6).
ORIENTATIONS = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.transpose(1, 0, 2),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels.transpose(1, 0, 2), 2),
    8: lambda pixels: np.rot90(pixels),
}


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("suffix", ["png", "webp"])
def test_pictures_stand_upright(tmp_path, orientation, suffix):
    stored = random_pixels(4, 6, 3)
    exif = Image.Exif()
    exif[0x0112] = orientation
    for name in "abc":
        path = tmp_path / f"{name}.{suffix}"
        Image.fromarray(stored).save(path, exif=exif, lossless=True)
    expected = ORIENTATIONS[orientation](stored)
    data = load_image_folder(tmp_path)
    assert data.image_shape == expected.shape
    np.testing.assert_allclose(data.train.images[0], expected / 255, atol=1e-6)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_pixels_are_white(tmp_path, mode):
    red = np.zeros((4, 4, 4), "uint8")
    red[..., 0], red[0, :, 3], red[1, :, 3] = 255, 255, 51
    picture = Image.fromarray(red)
    if mode == "P":
        picture = picture.quantize(8, method=Image.Quantize.FASTOCTREE)
    else:
        picture = picture.convert(mode)
    for name in "abc":
        picture.save(tmp_path / f"{name}.png")
    (level,) = {int(picture.convert("RGBA").convert("L").getpixel((0, 0)))}
    image = np.round(load_image_folder(tmp_path, channels=1).train.images[0] * 255)
    expected = [level, round(0.2 * level + 0.8 * 255), 255, 255]
    np.testing.assert_allclose(image[:, 0, 0], expected, atol=2)
    if mode == "LA":
        assert load_image_folder(tmp_path).image_shape == (4, 4, 1)


def test_a_transparent_level_of_two_bytes_is_white(tmp_path):
    levels = (np.arange(16, dtype="uint16") << 12).reshape(4, 4)
    for name in "abc":
        Image.fromarray(levels).save(tmp_path / f"{name}.png", transparency=8 << 12)
    image = load_image_folder(tmp_path).train.images[0]
    expected = np.where(levels == 8 << 12, 255, levels >> 8)
    np.testing.assert_allclose(255 * image[..., 0], expected, atol=1e-3)


@pytest.mark.parametrize("suffix", ["pgm", "ppm", "webp", "bmp", "gif", "png"])
def test_formats_without_loss(tmp_path, suffix):
    channels = 1 if suffix == "pgm" else 3
    stored = random_pixels(4, 4, 1).repeat(channels, axis=-1)
    squeezed = stored[..., 0] if channels == 1 else stored
    for name in "abc":
        Image.fromarray(squeezed).save(tmp_path / f"{name}.{suffix}", lossless=True)
    data = load_image_folder(tmp_path)
    assert data.image_shape == (4, 4, channels)
    np.testing.assert_allclose(data.train.images[0], stored / 255, atol=1e-6)


def test_gray_levels_of_two_bytes_keep_the_higher(tmp_path):
    levels = np.linspace(0, 65535, 16).astype("uint16").reshape(4, 4)
    for name in "abc":
        Image.fromarray(levels).save(tmp_path / f"{name}.png")
    data = load_image_folder(tmp_path)
    expected = tf.io.decode_image((tmp_path / "a.png").read_bytes())
    np.testing.assert_allclose(data.train.images[0] * 255, expected, atol=1e-4)
    np.testing.assert_array_equal(np.asarray(expected)[..., 0], levels >> 8)


def test_jpeg_is_unpacked_nearly_as_tensorflow_does(tmp_path):
    smooth = np.add.outer(np.arange(32), np.arange(32))[..., None] * [2, 1, 3]
    for name in "abc":
        Image.fromarray(smooth.astype("uint8")).save(tmp_path / f"{name}.jpg")
    expected = tf.io.decode_image((tmp_path / "a.jpg").read_bytes(), 3)
    received = load_image_folder(tmp_path).train.images[0] * 255
    # libjpeg has two ways to spread the colors of four pixels over them.
    np.testing.assert_allclose(received, expected, atol=4)


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
        ({"on_damaged": "ignore"}, "`on_damaged`. Expected one of raise, skip"),
        ({"max_pixels": 0}, "`max_pixels`"),
        ({"seed": -1}, "`seed`. Expected an integer from 0 to 2147483647"),
    ]
    for arguments, message in cases:
        with pytest.raises(ValueError, match=message):
            load_image_folder(pictures, **arguments)


def save_level(path, level):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((4, 4), level, "uint8")).save(path)


def test_folders_that_are_linked_are_searched_once(tmp_path):
    for number in range(4):
        save_level(tmp_path / "elsewhere" / f"{number}.png", 10 * number)
        save_level(tmp_path / "pictures" / "a" / f"{number}.png", 100)
    (tmp_path / "pictures" / "b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "pictures" / "a" / "back").symlink_to(tmp_path / "pictures")
    data = load_image_folder(tmp_path / "pictures")
    assert sum(len(split) for split in data.splits.values()) == 8
    labels = np.concatenate([split.labels for split in data.splits.values()])
    assert sorted(labels) == [0] * 4 + [1] * 4


def test_a_class_of_damaged_pictures_keeps_its_number(tmp_path):
    for number in range(4):
        save_level(tmp_path / "a" / f"{number}.png", 10)
        save_level(tmp_path / "c" / f"{number}.png", 200)
        broken = tmp_path / "b" / f"{number}.png"
        broken.parent.mkdir(exist_ok=True)
        broken.write_bytes(b"no picture")
    with pytest.warns(UserWarning):
        data = load_image_folder(tmp_path, on_damaged="skip")
    for split in data.splits.values():
        levels = np.rint(split.images[:, 0, 0, 0] * 255)
        np.testing.assert_array_equal(split.labels, np.where(levels == 10, 0, 2))


def test_what_runs_wrote_among_the_pictures_is_not_learned_from(pictures):
    before = kg.datasets.load_image_folder(pictures, 8)
    run = pictures / "runs" / "dcgan"
    for name in ("samples", "pictures"):
        (run / name).mkdir(parents=True)
        Image.new("L", (8, 8)).save(run / name / "epoch_0001.png")
    _run_files.write_record(run, {})
    _run_files.write_history(run, ())
    after = kg.datasets.load_image_folder(pictures, 8)
    np.testing.assert_array_equal(after.train.images, before.train.images)
    np.testing.assert_array_equal(after.train.labels, before.train.labels)


def test_levels_of_twelve_bits_are_warned_of(tmp_path):
    random = np.random.default_rng(3)
    for number in range(5):
        levels = random.integers(0, 4096, (8, 8), dtype="uint16")
        Image.fromarray(levels).save(tmp_path / f"{number}.png")
    with pytest.warns(UserWarning, match="is brighter than 15 of 255. Of pictures of"):
        kg.datasets.load_image_folder(tmp_path)


@pytest.mark.parametrize("height, width", [(37, 23), (16, 90), (301, 40), (1, 5)])
def test_a_picture_is_cut_where_keras_cuts_it(tmp_path, height, width):
    pixels = random_pixels(height, width, 3)
    write_png(tmp_path / "a.png", pixels)
    for size in ((8, 8), (7, 11), (13, 5), (height, width)):
        expected = keras.ops.image.resize(
            pixels.astype("float32") / np.float32(255),
            size,
            antialias=True,
            crop_to_aspect_ratio=True,
            data_format="channels_last",
        )
        received = image_folder.resized_picture(tmp_path / "a.png", size, 3, 2**20)
        np.testing.assert_array_equal(received, np.clip(expected, 0, 1))


def test_a_picture_is_cut_before_its_bytes_become_floats(tmp_path, monkeypatch):
    write_png(tmp_path / "a.png", random_pixels(20, 3_000, 3))
    seen = []
    resize = keras.ops.image.resize

    def noted(images, *arguments, **options):
        seen.append(images.shape)
        return resize(images, *arguments, **options)

    monkeypatch.setattr(keras.ops.image, "resize", noted)
    image_folder.resized_picture(tmp_path / "a.png", (4, 4), 3, 2**20)
    assert seen == [(20, 20, 3)]


@pytest.mark.parametrize("total, at_once", [(90, 2), (36, 1), (10, 1)])
def test_no_more_pixels_are_unpacked_at_once_than_allowed(
    pictures, monkeypatch, total, at_once
):
    budget, lock = Budget(total), threading.Lock()
    monkeypatch.setattr(_pictures, "_AT_ONCE", budget)
    running, most = 0, 0
    resize = keras.ops.image.resize

    def counted(*arguments, **options):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1
        return resize(*arguments, **options)

    monkeypatch.setattr(keras.ops.image, "resize", counted)
    load_image_folder(pictures, (4, 4))  # of 36 pixels each
    assert most <= at_once
    assert budget.free == total
