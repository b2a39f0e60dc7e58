import numpy as np
import pytest
from PIL import Image

from keras_gan.visualization import image_grid, save_image_grid


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
    pixels = image_grid(image, padding=0)[..., 0]
    assert pixels.shape == (28, 28)
    np.testing.assert_array_equal(pixels[::14, ::14], [[0, 85], [170, 255]])


def test_values_outside_the_range_are_clipped():
    image = np.array([-5.0, 5.0]).reshape(1, 1, 2, 1)
    assert set(image_grid(image, padding=0).ravel().tolist()) == {0, 255}


@pytest.mark.parametrize("channels", [1, 3])
def test_a_saved_picture_holds_the_same_pixels(tmp_path, channels):
    images = np.random.default_rng(0).uniform(size=(4, 28, 28, channels))
    path = tmp_path / "new" / "grid.png"
    save_image_grid(path, images)
    picture = np.asarray(Image.open(path)).reshape(62, 62, channels)
    np.testing.assert_array_equal(picture, image_grid(images))


@pytest.mark.parametrize("shape", [(3, 4, 4), (3, 4, 4, 2), (0, 4, 4, 1)])
def test_invalid_images(shape):
    with pytest.raises(ValueError, match="`images` must have shape"):
        image_grid(np.zeros(shape))
