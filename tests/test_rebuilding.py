"""Own parts are refused where a saved GAN could not hold them, else held."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import make_tiny_gan, tiny_images

import keras_gan as kg

register = keras.saving.register_keras_serializable(package="tests_rebuilding")


class Margin(kg.terms.Term):
    def __init__(self, weight=1.0, margin=0.5):
        super().__init__(weight)
        self.margin = margin

    def __call__(self, round, player):
        logits = round.logits("real")
        return self.weight * tf.reduce_mean(tf.nn.relu(logits - self.margin))


class LazyMargin(Margin):
    def __init__(self, weight=1.0, interval=1, margin=0.5):
        super().__init__(weight, margin)
        self.interval = interval


class NoArguments(Margin):
    def __init__(self):
        super().__init__(2.0)


class Smooth(kg.games.Game):
    def __init__(self, smooth=0.1, **kwargs):
        super().__init__(**kwargs)
        self.smooth = smooth


class Scaled(kg.objectives.Wasserstein):
    def __init__(self, scale=1.0):
        self.scale = scale


class Rows(kg.games.Mask):
    def __init__(self, count=1):
        self.count = count

    def draw(self, num_rows, shape, seed):
        return tf.ones([num_rows, *shape])


class Shifted(kg.priors.NormalPrior):
    def __init__(self, latent_dim, shift):
        super().__init__(latent_dim, mean=shift)


@register
class StatedMargin(Margin):
    def get_config(self):
        return {"weight": self.weight, "margin": self.margin}


@pytest.mark.parametrize(
    ("term", "fault"),
    [
        (Margin(margin=-5.0), "a Margin, whose get_config lacks margin"),
        (LazyMargin(), "a LazyMargin, whose get_config lacks margin"),
        (NoArguments(), "whose __init__ does not take interval, weight"),
    ],
)
def test_a_term_that_forgets_its_arguments_is_refused(term, fault):
    with pytest.raises(ValueError, match=f"`terms` must be saved.*{fault}"):
        make_tiny_gan(terms=[term])


def test_so_are_other_parts(tiny_gan):
    with pytest.raises(ValueError, match="`game`.*Smooth, whose get_config lacks smoo"):
        make_tiny_gan(game=Smooth(0.3))
    with pytest.raises(ValueError, match="`objective`.*Scaled, whose get_config lacks"):
        make_tiny_gan(objective=Scaled(3.0), terms=[kg.terms.GradientPenalty()])
    with pytest.raises(ValueError, match="`masks`.*Rows, whose get_config lacks count"):
        kg.games.Inpainting(Rows(3))
    networks = tiny_gan.generator, tiny_gan.discriminator
    with pytest.raises(ValueError, match="`prior`.*Shifted, whose get_config lacks sh"):
        kg.GAN(*networks, Shifted(3, 0.5))


def test_what_states_its_arguments_comes_back(tmp_path):
    gan = make_tiny_gan(terms=[StatedMargin(2.0, -5.0)])
    gan.save(tmp_path / "gan.keras")
    (term,) = kg.load(tmp_path / "gan.keras").terms
    assert term.get_config() == {"weight": 2.0, "margin": -5.0}


@register
class Perceptual(kg.terms.Term):
    players = ("generator",)

    def __init__(self, weight, net):
        super().__init__(weight)
        self._net = net

    def __call__(self, round, player):
        return self.weight * tf.reduce_mean(tf.square(self._net(round.fake["images"])))

    def get_config(self):
        net = keras.saving.serialize_keras_object(self._net)
        return {"weight": self.weight, "net": net}

    @classmethod
    def from_config(cls, config):
        net = keras.saving.deserialize_keras_object(config["net"])
        return cls(config["weight"], net)


@pytest.mark.exhaustive
def test_a_network_that_an_own_term_holds_is_saved_with_the_gan(tmp_path):
    images = keras.Input((4, 4, 1))
    start = keras.initializers.RandomNormal(seed=3)
    rows = keras.layers.Flatten()(images)
    net = keras.Model(images, keras.layers.Dense(5, kernel_initializer=start)(rows))
    net.set_weights([np.full_like(one, 0.25) for one in net.get_weights()])
    gan = make_tiny_gan(terms=[Perceptual(1.0, net)])
    gan.fit(tiny_images(), batch_size=10, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    for one in (gan, loaded):
        one.fit(tiny_images(), batch_size=10, verbose=0)
    np.testing.assert_array_equal(loaded.terms[0]._net.get_weights()[0], 0.25)
    for ours, theirs in zip(gan.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@register
class SeveralFeatures(Perceptual):
    """Its networks are a layer in a dict, and a model in a list."""

    def __init__(self, weight, nets):
        super().__init__(weight, None)
        self._nets = {"layer": nets[0], "models": nets[1:]}

    def __call__(self, round, player):
        layer, (model,) = self._nets["layer"], self._nets["models"]
        return self.weight * tf.reduce_mean(model(layer(round.fake["images"])) ** 2)

    def get_config(self):
        nets = [self._nets["layer"], *self._nets["models"]]
        net = [keras.saving.serialize_keras_object(one) for one in nets]
        return {"weight": self.weight, "net": net}

    @classmethod
    def from_config(cls, config):
        nets = [keras.saving.deserialize_keras_object(one) for one in config["net"]]
        return cls(config["weight"], nets)


def features_of_tiny_images(seed):
    images = keras.Input((4, 4, 1))
    start = keras.initializers.RandomNormal(seed=seed)
    rows = keras.layers.Flatten()(images)
    return keras.Model(images, keras.layers.Dense(3, kernel_initializer=start)(rows))


def test_layers_and_lists_of_networks_of_a_term_are_saved(tmp_path):
    layer = keras.layers.Conv2D(1, 3, padding="same")
    layer.build((None, 4, 4, 1))
    term = SeveralFeatures(1.0, [layer, features_of_tiny_images(5)])
    gan = make_tiny_gan(terms=[term])
    gan.save(tmp_path / "gan.keras")
    (loaded,) = kg.load(tmp_path / "gan.keras").terms
    pairs = zip(
        [*layer.weights, *term._nets["models"][0].weights],
        [*loaded._nets["layer"].weights, *loaded._nets["models"][0].weights],
        strict=True,
    )
    for ours, theirs in pairs:
        np.testing.assert_array_equal(ours, theirs)


def test_a_network_that_game_and_term_hold_is_loaded_for_both(tmp_path):
    source = features_of_tiny_images(5)
    gan = make_tiny_gan()
    game = kg.games.DerivedConditions({"features": source})
    latents, told = (
        keras.Input((3,), name="latents"),
        keras.Input((3,), name="features"),
    )
    images = keras.layers.Dense(16, "sigmoid")(
        keras.layers.concatenate([latents, told])
    )
    generator = keras.Model([latents, told], keras.layers.Reshape((4, 4, 1))(images))
    gan = kg.GAN(generator, gan.discriminator, kg.priors.NormalPrior(3), game)
    gan.compile("sgd", "sgd", terms=[Perceptual(1.0, source)])
    gan.save(tmp_path / "gan.keras")
    (term,) = kg.load(tmp_path / "gan.keras").terms
    for ours, theirs in zip(source.get_weights(), term._net.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_an_encoder_is_not_what_features_are_measured_by():
    encoder = features_of_tiny_images(5)
    gan = make_tiny_gan(game=kg.games.Game(encoder))
    with pytest.raises(ValueError, match="The encoder and the features of Recon"):
        gan.compile("sgd", "sgd", terms=[kg.terms.Reconstruction(features=encoder)])


@register
class OfTheCritic(kg.terms.Term):
    """Keeps the network that it is bound to under the name of the player."""

    def bind(self, generator, discriminator):
        self.discriminator = discriminator

    def __call__(self, round, player):
        logits = self.discriminator(round.fake["images"])
        return self.weight * tf.reduce_mean(tf.square(logits))


@pytest.mark.exhaustive
def test_a_term_may_keep_what_it_is_bound_to(tmp_path):
    gan = make_tiny_gan(terms=[OfTheCritic(0.5)])
    gan.compile("sgd", "sgd", terms=gan.terms)
    gan.save(tmp_path / "gan.keras")
    loaded = kg.load(tmp_path / "gan.keras")
    assert loaded.terms[0].discriminator is loaded.discriminator
    for one in (gan, loaded):
        one.fit(tiny_images(), batch_size=10, verbose=0)
    for ours, theirs in zip(gan.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_weights_are_loaded_with_the_terms_of_the_file(tmp_path):
    make_tiny_gan().save_weights(tmp_path / "a.weights.h5")
    gan = make_tiny_gan(terms=[kg.terms.HistoricalAveraging(0.1)])
    told = r"none of terms\[0\], a HistoricalAveraging; compile with the terms"
    with pytest.raises(ValueError, match=told):
        gan.load_weights(tmp_path / "a.weights.h5")


@pytest.mark.parametrize("players", [(), ("Generator",), "generator"])
def test_a_term_of_nobody_is_refused(players):
    term = StatedMargin()
    term.players = players
    with pytest.raises(ValueError, match="The players of a term must be some of"):
        make_tiny_gan(terms=[term])


def test_historical_averaging_plays_in_float64(dtype_policy):
    dtype_policy("float64")
    players = ("discriminator", "generator")
    averaging = [kg.terms.HistoricalAveraging(0.5, player=one) for one in players]
    gan = make_tiny_gan(terms=averaging)
    history = gan.fit(tiny_images(), batch_size=10, verbose=0).history
    assert gan.generator.weights[0].dtype == "float64"
    assert 0 < history["penalty"][0] < 1 and 0 < history["g_penalty"][0] < 1


@keras.saving.register_keras_serializable("tests_rebuilding")
class Factors(keras.layers.Layer):
    """Takes an array, which no configuration of a layer holds by itself."""

    def __init__(self, factors, **kwargs):
        super().__init__(**kwargs)
        self.factors = factors

    def call(self, inputs):
        return inputs * self.factors


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda: Factors(np.ones(1)), "No file will hold this `{}`.*Factors"),
        (
            lambda: keras.layers.Lambda(lambda x: 2 * x),
            "No file with this `{}` will be loaded.*lambda",
        ),
    ],
    ids=["array", "lambda"],
)
@pytest.mark.parametrize("role", ["generator", "discriminator"])
def test_of_networks_that_no_file_can_hold_you_are_warned(role, layer, message):
    gan = make_tiny_gan()
    held = getattr(gan, role)
    other = keras.Model(held.inputs, layer()(held.outputs[0]))
    networks = {"generator": gan.generator, "discriminator": gan.discriminator}
    with pytest.warns(UserWarning, match=message.format(role)):
        kg.GAN(**{**networks, role: other}, prior=gan.prior)


def test_an_augmentation_with_a_name_is_saved(tmp_path):
    with pytest.warns(UserWarning, match="this `augmentation` will be loaded.*lambda"):
        make_tiny_gan(augmentation=lambda images, seed: images)
    make_tiny_gan(augmentation=mirrored).save(tmp_path / "gan.keras")
    assert kg.load(tmp_path / "gan.keras").rules.augmentation is mirrored


@register
def mirrored(images, seed):
    return images[:, :, ::-1]
