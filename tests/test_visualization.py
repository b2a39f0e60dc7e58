import re
import tracemalloc

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from keras_gan.visualization import (
    image_grid,
    latent_path,
    save_image_grid,
    save_image_rows,
    save_images,
    save_nearest_neighbors,
    save_samples,
)


def test_images_lie_row_by_row_in_their_range():
    levels = np.linspace(-1, 1, 5)
    images = np.ones((5, 28, 28, 3)) * levels[:, None, None, None]
    pixels = image_grid(images, value_range=(-1, 1), num_columns=3, padding=2)
    assert pixels.shape == (2 * 30 + 2, 3 * 30 + 2, 3)
    expected = np.round(255 * (levels + 1) / 2)
    for index, value in enumerate(expected):
        row, column = divmod(index, 3)
        tile = pixels[30 * row + 2 :, 30 * column + 2 :][:28, :28]
        np.testing.assert_array_equal(tile, value)
    assert (pixels[:2] == 128).all()


def test_tiny_images_are_enlarged_by_a_whole_factor():
    image = np.arange(4.0).reshape(1, 2, 2, 1) / 3
    pixels = image_grid(image, padding=0)
    assert pixels.shape == (28, 28)
    np.testing.assert_array_equal(pixels[::14, ::14], [[0, 85], [170, 255]])


def test_values_a_little_outside_the_range_are_clipped():
    image = np.array([-0.25, 1.25]).reshape(1, 1, 2, 1)
    assert set(image_grid(image, padding=0).ravel().tolist()) == {0, 255}


@pytest.mark.parametrize(
    ("values", "value_range", "likely"),
    [
        ((-0.9, 0.8), (0, 1), "(-1, 1)"),
        ((0, 251), (0, 1), "(0, 255)"),
        ((0, 251), (-1, 1), "(0, 255)"),
        ((0.1, 0.9), (-0.1, 0.1), "(0, 1)"),
        ((-7, 900), (0, 1), "(-7, 900)"),
        ((-900, -900), (0, 1), "(-900.5, -899.5)"),
    ],
)
def test_images_of_another_range_are_refused(tmp_path, values, value_range, likely):
    images = np.array(values, "float32").reshape(1, 1, 2, 1)
    low, high = value_range
    told = (
        f"`value_range` must be .*Received: value_range=({low:g}, {high:g}), images "
        f"from {values[0]:g} to {values[1]:g}. Pass value_range={likely}, or clip"
    )
    told = re.escape(told).replace(r"\.\*", ".*")
    rows = {"one": images}
    for draw in (
        lambda: image_grid(images, value_range),
        lambda: save_image_grid(tmp_path / "grid.png", images, value_range),
        lambda: save_image_rows(tmp_path / "rows.png", rows, value_range),
    ):
        with pytest.raises(ValueError, match=told):
            draw()
    assert not [*tmp_path.iterdir()]
    save_samples(tmp_path / "clipped.png", images, value_range)
    clipped = image_grid(np.clip(images, *value_range), value_range)
    picture = np.asarray(Image.open(tmp_path / "clipped.png"))
    np.testing.assert_array_equal(picture, clipped)


@pytest.mark.parametrize("value_range", [(0.0, 1.0), (-1.0, 1.0), None])
def test_bytes_are_pixels_already(tmp_path, value_range):
    with pytest.raises(ValueError, match="0 and 1 alone, which would be black"):
        image_grid(np.eye(4, dtype="uint8")[None, ..., None])
    images = np.arange(100, 116, dtype="uint8").reshape(1, 4, 4, 1)
    save_samples(tmp_path / "samples.png", images, value_range)
    drawn = [np.asarray(Image.open(tmp_path / "samples.png"))[2:-2, 2:-2]]
    if value_range is not None:
        drawn.append(image_grid(images, value_range, padding=0))
    for pixels in drawn:
        np.testing.assert_array_equal(pixels[::7, ::7], images[0, ..., 0])


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_pillow_takes_a_grid(channels):
    pixels = image_grid(np.zeros((4, 28, 28, channels)))
    assert Image.fromarray(pixels).mode == ("RGB" if channels == 3 else "L")
    assert pixels.shape[2:] == ((3,) if channels == 3 else ())


@pytest.mark.parametrize("channels", [1, 3])
def test_a_saved_picture_holds_the_same_pixels(tmp_path, channels):
    images = np.random.default_rng(0).uniform(size=(4, 28, 28, channels))
    path = tmp_path / "new" / "grid.png"
    save_image_grid(path, images)
    picture = np.asarray(Image.open(path))
    np.testing.assert_array_equal(picture, image_grid(images))


def test_pixels_of_a_saved_picture_can_be_enlarged(tmp_path):
    images = np.random.default_rng(0).uniform(size=(4, 28, 28, 1))
    save_image_grid(tmp_path / "grid.png", images, scale=3)
    picture = np.asarray(Image.open(tmp_path / "grid.png"))
    assert picture.shape == (186, 186)
    for shift in range(3):
        np.testing.assert_array_equal(picture[shift::3, shift::3], image_grid(images))
    with pytest.raises(ValueError, match="`scale`"):
        save_image_grid(tmp_path / "none.png", images, scale=0)


def test_rows_stand_in_order_beside_their_names(tmp_path):
    path = tmp_path / "new" / "rows.png"
    bright, dark = np.ones((9, 28, 28, 1)), np.zeros((9, 28, 28, 1))
    save_image_rows(path, {"bright": bright, "": dark})
    picture = np.asarray(Image.open(path).convert("L"))
    upper, lower = np.array_split(picture, 2)
    middle = picture.shape[1] // 2
    for half, color in ((upper, 255), (lower, 0)):
        assert (half[:, middle:] == color).mean() > 0.5
        assert (half[:, middle:] == 255 - color).mean() < 0.3  # margins are white
    beside = picture.shape[1] // 20
    ink = [(half[:, :beside] < 100).any() for half in (upper, lower)]
    assert ink == [True, False]  # the lower row has no name


@pytest.mark.parametrize("rows", [{}, {"one": 3, "two": 4}])
def test_rows_are_of_one_length(tmp_path, rows):
    rows = {name: np.zeros((number, 8, 8, 1)) for name, number in rows.items()}
    with pytest.raises(ValueError, match="`rows` must hold one row or more.*Received"):
        save_image_rows(tmp_path / "rows.png", rows)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("shape", [(3, 4, 4), (3, 4, 4, 0), (0, 4, 4, 1)])
def test_invalid_images(shape):
    with pytest.raises(ValueError, match="`images` must have shape"):
        image_grid(np.zeros(shape))


@pytest.mark.parametrize("channels", [2, 4])
def test_other_numbers_of_channels_are_gray_pictures_beside_each_other(channels):
    images = np.random.default_rng(0).uniform(size=(3, 28, 28, channels))
    one_by_one = np.concatenate(np.split(images, channels, axis=-1), axis=2)
    np.testing.assert_array_equal(image_grid(images), image_grid(one_by_one))


@pytest.mark.parametrize("value_range", [(0, 0), (1, 0), (np.nan, 1), (0, np.inf)])
def test_a_range_without_a_width_is_refused(value_range):
    with pytest.raises(ValueError, match="`value_range`"):
        image_grid(np.zeros((1, 4, 4, 1)), value_range)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_images_that_are_not_finite_are_not_drawn(tmp_path, value):
    images = np.zeros((3, 4, 4, 1), "float32")
    images[1, 2, 2] = value
    path = tmp_path / "grid.png"
    path.write_text("kept")
    told = "`images` must be finite.*in 1 of 3 images, the first at index 1"
    with pytest.raises(ValueError, match=told):
        save_image_grid(path, images)
    assert path.read_text() == "kept"


def test_a_frame_lies_in_the_padding_alone():
    images = np.random.default_rng(0).uniform(size=(4, 28, 28, 1))
    plain, framed = image_grid(images), image_grid(images, framed=[3])
    changed = (framed != plain[..., None]).any(axis=-1)
    assert changed.sum() == 32 * 32 - 28 * 28
    assert changed[30:, 30:].sum() == changed.sum()
    assert len(np.unique(framed[changed], axis=0)) == 1


def test_the_nearest_training_image_stands_in_its_row(tmp_path):
    random = np.random.default_rng(0)
    training = random.uniform(size=(50, 28, 28, 1))
    samples = random.uniform(size=(6, 28, 28, 1))
    samples[2] = training[17] + 0.01  # last of the first row of three
    samples[5] = training[31] - 0.01
    save_nearest_neighbors(tmp_path / "x.png", samples, training, num_columns=3)
    picture = np.asarray(Image.open(tmp_path / "x.png"))
    assert picture.shape == (62, 122, 3)
    for row, index in enumerate((17, 31)):
        tile = picture[30 * row + 2 :, 92:][:28, :28, 0]
        np.testing.assert_array_equal(tile, np.round(255 * training[index, ..., 0]))
    with pytest.raises(ValueError, match="must fill rows of num_columns=4"):
        save_nearest_neighbors(tmp_path / "y.png", samples, training, num_columns=4)


def test_a_path_is_straight_between_its_corners():
    corners = np.random.default_rng(0).normal(size=(3, 5))
    path = latent_path(corners, 4)
    assert path.shape == (9, 5) and path.dtype == np.float32
    np.testing.assert_allclose(path[[0, 4, 8]], corners, rtol=1e-6)
    np.testing.assert_allclose(
        np.diff(path[:5], axis=0),
        (corners[1] - corners[0]) / 4 * np.ones((4, 1)),
        rtol=1e-4,
        atol=1e-6,
    )
    with pytest.raises(ValueError, match="at least two"):
        latent_path(corners[:1], 4)
    with pytest.raises(ValueError, match="`num_steps`"):
        latent_path(corners, 0)


# ----------------------------------------------------------- samples of any rank


@pytest.fixture
def drawn(monkeypatch):
    """The matplotlib figures that were saved."""
    figures = []
    save = Figure.savefig

    def remember(figure, *args, **kwargs):
        figures.append(figure)
        save(figure, *args, **kwargs)

    monkeypatch.setattr(Figure, "savefig", remember)
    return figures


def test_images_are_drawn_as_a_grid(tmp_path):
    images = np.random.default_rng(0).uniform(-1, 1, size=(4, 28, 28, 1))
    save_samples(tmp_path / "samples.png", images, (-1, 1), num_columns=4, scale=2)
    save_image_grid(tmp_path / "grid.png", images, (-1, 1), num_columns=4, scale=2)
    received = (tmp_path / "samples.png").read_bytes()
    assert received == (tmp_path / "grid.png").read_bytes()


def test_points_are_drawn_where_they_lie(tmp_path, drawn):
    points = np.random.default_rng(0).uniform(-1, 1, size=(50, 2))
    points[:3] += 7
    save_samples(tmp_path / "points.png", points, (-1.0, 1.0))
    [axes] = drawn[0].axes
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), points)
    assert axes.get_xlim() == axes.get_ylim() == (-1.1, 1.1)
    assert axes.get_title() == "3 of 50 outside"
    save_samples(tmp_path / "all.png", points)  # the range is that of the points
    low, high = drawn[1].axes[0].get_xlim()
    assert low < points.min() and high > points.max()
    assert drawn[1].axes[0].get_title() == ""


def test_numbers_are_counted(tmp_path, drawn):
    numbers = np.random.default_rng(0).normal(size=(200, 1))
    save_samples(tmp_path / "numbers.png", numbers, (-1.0, 1.0))
    [axes] = drawn[0].axes
    inside = (np.abs(numbers) <= 1).sum()
    assert sum(bar.get_height() for bar in axes.patches) == inside
    assert axes.get_title() == f"{200 - inside} of 200 outside"


@pytest.mark.parametrize("shape", [(7, 5), (7, 30, 2)])
def test_signals_and_vectors_are_lines(tmp_path, drawn, shape):
    signals = np.random.default_rng(0).uniform(-1, 1, size=shape)
    save_samples(tmp_path / "signals.png", signals, (-1.0, 1.0), num_columns=3)
    channels = shape[2] if shape[2:] else 1
    lines = drawn[0].axes[0].collections[:channels]
    for channel, collection in enumerate(lines):
        for index, line in enumerate(collection.get_segments()):
            row, column = divmod(index, 3)
            expected = signals[index].reshape(shape[1], -1)[:, channel]
            # A panel is 0.85 high and wide, and the range fills it.
            values = 2 * (line[:, 1] + row) / 0.85 - 1
            np.testing.assert_allclose(values, expected, atol=1e-12)
            assert line[0, 0] == column and line[-1, 0] == column + 0.85


def test_long_waveforms_keep_their_peaks(tmp_path, drawn):
    signals = np.random.default_rng(0).uniform(-0.5, 0.5, size=(2, 100_000, 1))
    signals[0, 77_777], signals[1, 5] = 0.9, -0.8
    save_samples(tmp_path / "waves.png", signals, (-1.0, 1.0), num_columns=1)
    first, second = drawn[0].axes[0].collections[0].get_segments()
    assert len(first) <= 1024
    peak = first[first[:, 1].argmax()]
    assert peak[0] / 0.85 == pytest.approx(0.77777, abs=1 / 256)
    assert 2 * peak[1] / 0.85 - 1 == pytest.approx(0.9)
    assert 2 * (second[:, 1].min() + 1) / 0.85 - 1 == pytest.approx(-0.8)


def test_equal_samples_are_equal_files(tmp_path):
    points = np.random.default_rng(0).normal(size=(9, 2))
    for name in ("one.png", "two.png"):
        save_samples(tmp_path / name, points)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    save_samples(tmp_path / "flat.png", np.zeros((4, 2)))  # a range without a width


@pytest.mark.parametrize(
    ("samples", "arguments", "message"),
    [
        (np.zeros(5), {}, r"samples.shape=\(5,\)"),
        (np.zeros((0, 2)), {}, "one or more"),
        (np.zeros((2, 2, 2, 2, 2)), {}, "`samples` must be images"),
        (np.array([[0, 0], [0, np.nan]]), {}, "1 of 2 vectors, the first at index 1"),
        (np.zeros((3, 2)), {"value_range": (1, 0)}, "`value_range`"),
        (np.zeros((3, 2)), {"value_range": np.ones(2)}, "Expected a pair of floats"),
        (np.zeros((3, 2)), {"scale": 0}, "`scale`"),
        (np.zeros((3, 9)), {"num_columns": 0}, "`num_columns`"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tmp_path, samples, arguments, message):
    with pytest.raises(ValueError, match=message):
        save_samples(tmp_path / "none.png", samples, **arguments)
    assert not [*tmp_path.iterdir()]


def test_framed_images_may_be_named_by_an_array():
    samples = np.linspace(0, 1, 4 * 64).reshape(4, 8, 8, 1)
    grids = [image_grid(samples, framed=one) for one in ([1, 2], np.array([1, 2]))]
    np.testing.assert_array_equal(*grids)


@pytest.mark.parametrize(("channels", "shape"), [(3, (4, 5, 3)), (2, (4, 10))])
def test_each_image_is_a_picture_in_its_own_size(tmp_path, channels, shape):
    images = np.linspace(-1, 1, 3 * 20 * channels).reshape(3, 4, 5, channels)
    save_images(tmp_path / "all", images, (-1, 1))
    names = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert names == ["00000.png", "00001.png", "00002.png"]
    pixels = np.asarray(Image.open(tmp_path / "all" / names[1]))
    darkest = round(255 * 20 * channels / (60 * channels - 1))
    assert pixels.shape == shape and pixels[0, 0].min() == darkest
    with pytest.raises(FileExistsError, match="`folder` must be new, or empty"):
        save_images(tmp_path / "all", images)
    for broken in (images[0], images[:0], images * np.nan):
        with pytest.raises(ValueError, match="`images`"):
            save_images(tmp_path / "none", broken)
    assert not (tmp_path / "none").exists()


def test_images_of_a_folder_are_converted_one_by_one(tmp_path):
    images = np.random.default_rng(0).uniform(-2, 2, (500, 32, 32, 3)).astype("float32")
    tracemalloc.start()
    save_images(tmp_path / "all", images, (-1.0, 1.0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < images.nbytes  # what is finite is looked for in booleans
    pixels = np.stack(
        [np.asarray(Image.open(path)) for path in sorted((tmp_path / "all").iterdir())]
    )
    shares = np.clip((images + 1) / 2, 0, 1)
    np.testing.assert_allclose(pixels, 255 * shares, atol=0.501)


def test_neighbors_of_pixels_are_pixels(tmp_path):
    random = np.random.default_rng(1)
    training = random.integers(0, 256, (20, 8, 8, 1), dtype="uint8")
    save_nearest_neighbors(tmp_path / "bytes.png", training[:5], training)
    floats = training.astype("float32") / 255
    save_nearest_neighbors(tmp_path / "floats.png", floats[:5], floats)
    one, other = (
        np.asarray(Image.open(tmp_path / f"{name}.png")) for name in ("bytes", "floats")
    )
    np.testing.assert_array_equal(one, other)
    with pytest.raises(TypeError, match="must both be uint8, or neither"):
        save_nearest_neighbors(tmp_path / "mixed.png", training[:5], floats)
