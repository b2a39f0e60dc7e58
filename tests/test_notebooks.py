"""What a notebook shows of objects: tables, and lines without addresses."""

import base64
import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

import keras_gan as kg


def test_a_recipe_is_a_line_and_a_table():
    recipe = kg.recipes.get("digits")
    assert repr(recipe) == (
        f"Recipe('digits', {recipe.epochs} epochs of minibatches of "
        f"{recipe.batch_size}, for digits)"
    )
    shown = recipe._repr_html_()
    assert shown.startswith("<table><thead>") and shown.endswith("</tbody></table>")
    assert f'<th scope="row">epochs</th><td>{recipe.epochs}</td>' in shown
    chosen = dataclasses.replace(recipe, reasons=("8 < 9 filters",))._repr_html_()
    assert '<th scope="row">chosen</th><td>8 &lt; 9 filters</td>' in chosen


@pytest.mark.parametrize("name", [*kg.recipes.RECIPES])
def test_no_recipe_shows_an_address(name):
    recipe = kg.recipes.get(name)
    assert " at 0x" not in repr(recipe) + recipe._repr_html_()


def test_a_score_is_a_table_with_its_protocol():
    centres = np.array([[0.0, 0.0], [5.0, 5.0]])
    score = kg.evaluation.mode_coverage(centres, centres, 0.1)
    shown = score._repr_html_()
    assert '<th scope="col">ModeCoverage</th>' in shown
    assert '<th scope="row">captured_modes</th><td>2</td>' in shown
    assert '<th scope="row">num_samples</th><td>2</td>' in shown


def test_a_doubtful_score_says_so():
    random = np.random.default_rng(0)
    with pytest.warns(kg.evaluation.DoubtfulScoreWarning):
        score = kg.evaluation.frechet_distance(
            real=random.normal(size=(20, 9)), fake=random.normal(size=(20, 9))
        )
    shown = score._repr_html_()
    assert shown.count('<th scope="row">warning</th>') == len(score.warnings) > 0


def test_a_gan_is_a_table_of_its_game(tiny_gan):
    shown = tiny_gan._repr_html_()
    assert '<th scope="row">images</th><td>4 x 4 x 1</td>' in shown
    assert '<th scope="row">objective</th><td>NonSaturating</td>' in shown
    count = tiny_gan.generator.count_params()
    assert f"<td>generator, {count:,} parameters</td>" in shown


def test_a_dataset_is_a_table_with_pictures(digits):
    shown = digits._repr_html_()
    assert '<th scope="row">train images</th>' in shown
    assert f"<td>{len(digits.test):,}</td>" in shown
    assert '<th scope="row">classes</th><td>10</td>' in shown
    coded = shown.partition("base64,")[2].partition('"')[0]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(coded))))
    expected = kg.visualization.image_grid(digits.train.images[:32], num_columns=8)
    np.testing.assert_array_equal(picture, expected[..., 0])


def test_points_and_large_images_are_a_table_alone():
    for values in (np.zeros((4, 2), "float32"), np.zeros((1, 256, 256, 3), "float32")):
        split = kg.datasets.Split(values)
        shown = kg.datasets.Dataset("zeros", split, split, split)._repr_html_()
        assert "<img" not in shown and "classes" not in shown
