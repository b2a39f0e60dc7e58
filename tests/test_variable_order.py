"""Nothing but the order of the code decides which value of a weight a step reads."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from catalog import (
    COMPLETING,
    SERIALIZABLE,
    copy_of,
    data_for,
    game_with,
    name_of,
    teams,
    tiny_encoder,
)
from games import completing_gan, make_tiny_gan, tiny_images
from google.protobuf import text_format
from variable_order import optimized_graphs, unordered_accesses

import keras_gan as kg
from keras_gan.training import player_optimizers

# ------------------------------------------------------------------- the check itself

_READ_AND_WRITE = """
node { name: "weight" op: "_Arg" attr { key: "T" value { type: DT_RESOURCE } } }
node { name: "read" op: "ReadVariableOp" input: "weight" }
node { name: "write" op: "AssignVariableOp" input: "weight" input: "value" %s }
node { name: "value" op: "Const" }
"""


@pytest.mark.parametrize(
    ("also", "expected"),
    [("", [("read", "write")]), ('input: "^read"', []), ('input: "^later"', [])],
)
def test_finds_what_no_path_orders(also, expected):
    graph = _graph(_READ_AND_WRITE % also)
    graph.node.add(name="later", op="NoOp", input=["^read"])
    assert unordered_accesses(graph) == expected


def test_two_sides_of_a_switch_need_no_order():
    graph = _graph("""
        node { name: "is_due" op: "_Arg" }
        node { name: "weight" op: "_Arg" attr { key: "T" value { type: DT_RESOURCE } } }
        node { name: "switch" op: "Switch" input: "weight" input: "is_due" }
        node { name: "read" op: "ReadVariableOp" input: "switch:1" }
        node { name: "write" op: "AssignVariableOp" input: "switch" input: "is_due" }
        node { name: "merge" op: "Merge" input: "read" input: "is_due" }
        node { name: "other" op: "ReadVariableOp" input: "weight" input: "^merge" }
    """)
    assert unordered_accesses(graph) == [("write", "other")]


def _graph(text):
    return text_format.Parse(text, tf.compat.v1.GraphDef())


# ------------------------------------------------------------------ steps of the games

OBJECTIVES, TERMS = (
    [entry for entry in SERIALIZABLE if isinstance(entry, kind)]
    for kind in (kg.objectives.Objective, kg.terms.Term)
)
# The tiny game has no labels and completes nothing; `OTHER_GAMES` do.
TERMS = [term for term in TERMS if not term.reads and not isinstance(term, COMPLETING)]
ORDERS = {
    "alternating": {},
    "simultaneous": {"simultaneous": True},
    "three steps": {"discriminator_steps": 3},
    "two of the generator": {"generator_steps": 2},
    "fused": {"fused_discriminator": True},
    "averaged": {"ema_half_life": 100.0},
    "averaged discriminator": {"discriminator_ema_half_life": 100.0},
}
OPTIMIZERS = {
    "Adam": lambda: keras.optimizers.Adam(1e-3),
    "MomentumSGD": lambda: kg.optimizers.MomentumSGD(0.25, momentum=0.75),
    "RMSprop": lambda: keras.optimizers.RMSprop(1e-3),
    "RootEpsilonAdam": lambda: kg.optimizers.RootEpsilonAdam(1e-3),
    "SGD": lambda: keras.optimizers.SGD(0.05),
    "clipped": lambda: keras.optimizers.AdamW(1e-3, global_clipnorm=1.0),
}


def unordered_pairs(gan, images):
    """Pairs of one step of a game, all graphs of it."""
    graphs = optimized_graphs(lambda: gan.train_on_batch(images))
    assert max(len(graph.node) for graph in graphs) > 100  # a step was among them
    return [pair for graph in graphs for pair in unordered_accesses(graph)]


def pairs_of_tiny_game(objective, term, order, optimizer, **rules):
    """Pairs of a step of the tiny game by rules out of the tables above."""
    has_encoder = isinstance(term, kg.terms.LatentRegression | kg.terms.Reconstruction)
    gan = make_tiny_gan(
        game=kg.games.Game(tiny_encoder()) if has_encoder else None,
        optimizer=OPTIMIZERS[optimizer],
        objective=copy_of(objective),
        terms=[] if term is None else [copy_of(term)],
        jit_compile=False,
        **ORDERS[order],
        **rules,
    )
    return unordered_pairs(gan, tiny_images(12))


def every_term_in_every_order():
    """Each pair of both once; objectives and optimizers take turns."""
    pairs = itertools.product(enumerate(ORDERS), enumerate([None, *TERMS]))
    for number, ((row, order), (column, term)) in enumerate(pairs):
        # In the next order a term meets the next objective.
        objective = OBJECTIVES[(row + column) % len(OBJECTIVES)]
        optimizer = [*OPTIMIZERS][number % len(OPTIMIZERS)]
        name = "nothing" if term is None else name_of(term)
        names = (name_of(objective), name, order, optimizer)
        yield pytest.param(objective, term, order, optimizer, id=", ".join(names))


@pytest.mark.one_in(23)
@pytest.mark.filterwarnings("ignore:The objective Wasserstein estimates")
@pytest.mark.parametrize(
    ("objective", "term", "order", "optimizer"), [*every_term_in_every_order()]
)
def test_every_step_is_ordered(objective, term, order, optimizer):
    # tests/stress/every_step_in_order.py takes every order and optimizer with each.
    assert pairs_of_tiny_game(objective, term, order, optimizer) == []


def images_of(gan, num_images=4):
    return np.full((num_images, *gan.data_shape), 0.5, "float32")


@pytest.mark.parametrize(
    ("objective", "penalty"),
    [
        ("hinge", kg.terms.R1(1.0)),
        ("wasserstein", kg.terms.GradientPenalty(interval=2)),
    ],
)
def test_convolutional_steps_are_ordered(objective, penalty):
    gan = kg.GAN(
        kg.networks.dcgan_generator(3, (8, 8, 1), base_filters=2),
        kg.networks.dcgan_discriminator((8, 8, 1), base_filters=2, normalization=None),
        kg.priors.NormalPrior(3),
    )
    players = (keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    gan.compile(*players, objective, terms=[penalty], jit_compile=False)
    assert unordered_pairs(gan, images_of(gan)) == []


OTHER_GAMES = {
    "conditions": lambda: game_with(teams()[-2]),
    "few labels": lambda: game_with(teams()[-1]),
    "completing": lambda: completing_gan(
        terms=[kg.terms.MeanReconstruction(), kg.terms.PairedFeatureMatching()]
    ),
}


def every_other_game_with_every_optimizer():
    """Each pair of both once; orders of play take turns."""
    orders = [order for order in ORDERS if not order.startswith("averaged")]
    for number, (game, optimizer) in enumerate(
        itertools.product(OTHER_GAMES, OPTIMIZERS)
    ):
        yield game, optimizer, orders[number % len(orders)]


@pytest.mark.one_in(16)
@pytest.mark.parametrize(
    ("game", "optimizer", "order"), [*every_other_game_with_every_optimizer()]
)
def test_steps_that_read_labels_or_complete_are_ordered(game, optimizer, order):
    gan = OTHER_GAMES[game]()
    terms = [*gan.terms, kg.terms.R1(interval=2)]
    players = [OPTIMIZERS[optimizer]() for _ in range(2)]
    gan.compile(*players, terms=terms, jit_compile=False, **ORDERS[order])
    assert ("labels" in gan.entries.needed) == (game != "completing")
    data = tiny_images(12) if game == "completing" else data_for(gan, 12)
    assert unordered_pairs(gan, data) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("term", [kg.terms.R1(interval=2), kg.terms.R2()])
def test_steps_of_several_replicas_are_ordered(two_replicas, term):
    with two_replicas.scope():
        gan = make_tiny_gan(terms=[term], ema_half_life=100.0)
    graphs = optimized_graphs(lambda: gan.fit(tiny_images(8), batch_size=8, verbose=0))
    assert [pair for graph in graphs for pair in unordered_accesses(graph)] == []


def test_keras_alone_leaves_a_step_in_no_order(monkeypatch):
    # If this fails, Keras orders its updates: keras_gan/training/gradient_sums.py
    # can go.
    monkeypatch.setattr(player_optimizers, "keep_updates_in_order", lambda _: None)
    term = kg.terms.R1(interval=2)
    assert pairs_of_tiny_game(kg.objectives.Wasserstein(), term, "alternating", "SGD")
