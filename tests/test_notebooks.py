"""What a notebook shows of objects: tables, and lines without addresses."""

import base64
import copy
import dataclasses
import io
import json
import pickle

import keras
import numpy as np
import pytest
import tensorflow as tf
from catalog import SERIALIZABLE, features_of_images
from games import make_tiny_gan
from keras.optimizers.schedules import CosineDecay
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
    centers = np.array([[0.0, 0.0], [5.0, 5.0]])
    score = kg.evaluation.mode_coverage(centers, centers, 0.1)
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


def test_a_gan_is_a_line_of_its_game(tiny_gan):
    counts = [
        f"{network.count_params():,} weights"
        for network in (tiny_gan.generator, tiny_gan.discriminator)
    ]
    assert repr(tiny_gan) == (
        f"GAN('gan', generator of {counts[0]}, discriminator of {counts[1]}, images of "
        "4 x 4 x 1, UniformPrior(latent_dim=3, low=-1.0, high=1.0), "
        "NonSaturating(label_smoothing=0.0), 0 terms)"
    ).replace("'gan'", repr(tiny_gan.name))
    one = make_tiny_gan(terms=[kg.terms.R1(1.0)])
    assert repr(one).endswith("1 term)")
    plain = kg.GAN(one.generator, one.discriminator, one.prior)
    assert repr(plain).endswith("high=1.0), not compiled)")
    assert repr(kg.GAN.__new__(kg.GAN)) == "GAN"


PARTS = (
    *(kg.priors.Prior, kg.objectives.Objective, kg.terms.Term, kg.games.Mask),
    *(kg.augmentation.DiffAugment, kg.constraints.WeightClipping),
    *(kg.initializers.SparseNormal, keras.optimizers.schedules.LearningRateSchedule),
)


@pytest.mark.parametrize("kind", PARTS)
def test_parts_say_their_arguments(kind):
    parts = [part for part in SERIALIZABLE if isinstance(part, kind)]
    assert parts
    for part in parts:
        said = repr(part)
        assert said.startswith(f"{type(part).__name__}(") and said.endswith(")")
        assert all(f"{name}=" in said for name in part.get_config())
        assert " at 0x" not in said and "class_name" not in said and len(said) < 250
        assert repr(type(part).__new__(type(part))).startswith(type(part).__name__)


def test_parts_say_values_shortly():
    rows = np.zeros((500, 3))
    said = {
        kg.priors.EmpiricalPrior(rows): "rows=array of shape (500, 3), float32",
        kg.priors.GaussianMixturePrior(rows): "centers=array of shape (500, 3), float",
        kg.priors.GaussianMixturePrior([[0.0, 1.0]]): "centers=[[0.0, 1.0]], stddev",
        kg.games.MaskMixture([kg.games.BlockMask(2)]): "(families=[BlockMask(size=2)])",
        kg.terms.R1(schedule=CosineDecay(1.0, 7)): "schedule=CosineDecay(initial_",
        kg.terms.Reconstruction(1.0, features=features_of_images()): (
            "features=Sequential(name='features'))"
        ),
        kg.objectives.Hinge(): "Hinge()",
    }
    for part, text in said.items():
        assert text in repr(part)


def own_function():
    """What a part of a user's own may hold."""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float64(0.5), "0.5"),
        (own_function, "own_function"),
        (keras.saving.serialize_keras_object(own_function), "own_function"),
        (object(), "<object object>"),
        ({"a": (np.ones(9), 1)}, "{'a': (array of shape (9,), float64, 1)}"),
        (tf.zeros((2, 3)), "array of shape (2, 3), float32"),
        (
            keras.saving.serialize_keras_object(rows := np.zeros((2, 9))),
            str(rows.shape),
        ),
        ([[1.0], [2.0, 3.0]], "[[1.0], [2.0, 3.0]]"),
        ("look at 0x1", "'look at 0x1'"),
        ({"class_name": "__lambda__", "config": {"value": "code"}}, "lambda"),
    ],
)
def test_parts_of_ones_own_hold_anything(value, text):
    class Own(kg.priors.NormalPrior):
        def get_config(self):
            return {"own": value}

    assert text in repr(Own(3)) and repr(Own(3)).startswith("Own(own=")


def test_a_part_that_is_still_made_says_its_name():
    class Half(kg.terms.Term):
        def __init__(self):
            self.said = repr(self)

        def __call__(self, round, player):
            return 0.0

    assert Half().said == "Half"


def test_an_evaluator_says_what_it_compares():
    rows = np.random.default_rng(0).normal(size=(9, 4))
    evaluator = kg.evaluation.Evaluator(rows, rows[:5], measures=["kernel_distance"])
    assert repr(evaluator) == (
        "Evaluator(features='vectors', num_real=9, num_held_out=5, "
        "measures=('kernel_distance',))"
    )


def test_scores_of_an_evaluator_are_a_dict_and_a_table():
    rows = np.random.default_rng(0).uniform(size=(3, 1200, 4))
    evaluator = kg.evaluation.Evaluator(
        *rows[:2], measures=["precision_recall", "memorization"]
    )
    scores = evaluator(rows[2])
    assert scores == dict(scores) and json.dumps([*scores]) == json.dumps(
        ["precision_recall", "memorization"]
    )
    for copied in (pickle.loads(pickle.dumps(scores)), copy.copy(scores)):
        assert copied == scores and copied._repr_html_() == scores._repr_html_()
    assert tf.nest.map_structure(str, scores).keys() == scores.keys()
    shown = scores._repr_html_()
    assert shown.startswith("<table><thead>") and shown.endswith("</tbody></table>")
    precision = f"{scores['precision_recall'].precision:.4g}"
    assert f'"row">precision</th><td>{precision}</td><td>higher</td>' in shown
    assert '"row">features</th><td>vectors</td>' in shown
    assert '"row">samples</th><td>1,200</td>' in shown
    for name, score in scores.items():
        assert all(f'"row">{value}</th>' in shown for value in score.values), name


def test_scores_of_classes_and_doubts_are_in_the_table():
    rows = np.random.default_rng(0).normal(size=(3, 6, 4))
    labels = np.arange(6) % 2
    evaluator = kg.evaluation.Evaluator(
        *rows[:2],
        measures=["class_frechet_distance"],
        labels=labels,
        held_out_labels=labels,
    )
    with pytest.warns(kg.evaluation.DoubtfulScoreWarning):
        scores = evaluator(rows[2], labels=labels)
    shown, (score,) = scores._repr_html_(), scores.values()
    assert shown.count('"row">warning</th><td>ClassFrechetDistance: ') == len(
        score.warnings
    )
    (name,) = score.class_values
    assert f'"row">{name} by class</th><td>0: ' in shown and ", 1: " in shown


def test_a_stream_is_a_table_without_a_number_of_samples():
    rows = np.random.default_rng(0).uniform(size=(2, 30, 4))
    evaluator = kg.evaluation.Evaluator(*rows, measures=["parzen"])
    shown = evaluator({"part": rows[0]}.values())._repr_html_()
    assert "parzen" in shown and '"row">samples</th>' not in shown


def test_lists_of_recipes_and_data_say_their_names():
    assert repr(kg.recipes.RECIPES) == f"LazyMapping({[*kg.recipes.RECIPES]})"


def test_a_dataset_is_a_table_with_pictures(digits):
    shown = digits._repr_html_()
    assert '<th scope="row">train images</th>' in shown
    assert f"<td>{len(digits.test):,}</td>" in shown
    assert '<th scope="row">classes</th><td>10</td>' in shown
    coded = shown.partition("base64,")[2].partition('"')[0]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(coded))))
    expected = kg.visualization.image_grid(digits.train.images[:32], num_columns=8)
    np.testing.assert_array_equal(picture, expected)


def test_points_and_large_images_are_a_table_alone():
    for values in (np.zeros((4, 2), "float32"), np.zeros((1, 256, 256, 3), "float32")):
        split = kg.datasets.Split(values)
        shown = kg.datasets.Dataset("zeros", split, split, split)._repr_html_()
        assert "<img" not in shown and "classes" not in shown
