"""The adversarial game as a Keras model: Algorithm 1 in `train_step`."""

import random
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan import _network_checks, objectives
from keras_gan import penalties as penalties_module
from keras_gan._averaging import clone_for_averaging, update_average
from keras_gan._resumable import ResumableModel
from keras_gan._training_data import (
    EpochClock,
    check_dataset,
    fresh_minibatches,
    is_array,
    num_rows,
    refuse_weights,
)
from keras_gan._types import Array, Config, FloatArray, Tensor
from keras_gan._validation import (
    check_fraction,
    check_integer,
    check_positive,
    check_positive_integer,
)
from keras_gan.datasets.pipeline import shuffled_batches
from keras_gan.penalties import Penalty
from keras_gan.priors import Prior

# Draws of one step are numbered from 0: no step makes so many.
_PENALTY_DRAW = 2**30
_TEST_DRAW = 2**31 - 1


@keras.saving.register_keras_serializable(package="keras_gan")
class GAN(ResumableModel):
    """A generator and a discriminator that learn from each other with `model.fit`.

    The two play the game of Goodfellow et al. The discriminator moves k times, each
    time on a fresh minibatch of data and of latents; then the generator moves once:

        for each step:
            k times:  D <- D - step(grad_D d_loss(D(x), D(G(z))))
            once:     G <- G - step(grad_G g_loss(D(G(z))))

    Everything random during training (latents, dropout masks, order of the data) is a
    function of `seed` and of counters that are saved with the model. A run that was
    stopped and loaded again therefore continues exactly.

    Args:
        generator: `keras.Model` from latents `[batch, latent_dim]` to images
            `[batch, height, width, channels]`.
        discriminator: `keras.Model` from images to one logit, `[batch, 1]`.
        prior: `keras_gan.priors.Prior`, where latents come from.
        ema_half_life: float, above 0, in images: how many images halve the weight of
            the past in the moving average of the generator, which then draws samples,
            judges validation data and is exported. `None` keeps no average.
            Defaults to `None`.
        seed: int, at least 0. Key of the training's randomness. It does not set the
            initial weights: seed the networks' initializers, or call
            `keras.utils.set_random_seed` first. Defaults to `0`.
        **kwargs: what `keras.Model` takes.

    Raises:
        TypeError: if a network is not a `keras.Model` or `prior` not a `Prior`.
        ValueError: if the networks do not fit together, or the discriminator does not
            end in one logit.

    Example:
    >>> import keras_gan as kg
    >>> images = kg.datasets.load_digits().train.images
    >>> gan = kg.GAN(
    ...     generator=kg.networks.mlp_generator(10, (8, 8, 1), hidden_units=(32,)),
    ...     discriminator=kg.networks.maxout_discriminator((8, 8, 1), (16,)),
    ...     prior=kg.priors.UniformPrior(10),
    ... )
    >>> gan.compile(keras.optimizers.Adam(2e-4), keras.optimizers.Adam(2e-4))
    >>> history = gan.fit(images, batch_size=100, verbose=0)
    >>> sorted(history.history)
    ['d_fake', 'd_loss', 'd_real', 'g_loss']
    >>> gan.sample(4, seed=1).shape
    (4, 8, 8, 1)

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, Algorithm 1.
        https://arxiv.org/abs/1406.2661
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        ema_half_life: float | None = None,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(prior, Prior):
            raise TypeError(
                f"`prior` must be a keras_gan.priors.Prior. Received: prior={prior!r}"
            )
        self.image_shape = _network_checks.check_generator(generator, prior.latent_dim)
        _network_checks.check_discriminator(discriminator, self.image_shape)
        self.generator = generator
        self.discriminator = discriminator
        self.prior = prior
        self.ema_half_life = ema_half_life
        self.ema_generator = None
        if ema_half_life is not None:
            self.ema_half_life = check_positive("ema_half_life", ema_half_life)
            self.ema_generator = clone_for_averaging(generator, prior.latent_dim)
        # Keras locks the tracker once a model is built: all state begins here.
        self.penalties: list[Penalty] = []
        self._create_metrics()
        self._begin_counting(check_integer("seed", seed))
        self.built = True

    def _create_metrics(self) -> None:
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")
        self.d_real_metric = keras.metrics.Mean(name="d_real")
        self.d_fake_metric = keras.metrics.Mean(name="d_fake")
        self.penalty_metric = keras.metrics.Mean(name="penalty")

    def compile(
        self,
        generator_optimizer: Any,
        discriminator_optimizer: Any,
        objective: Any = "non_saturating",
        penalties: Sequence[Penalty] = (),
        discriminator_steps: int = 1,
        simultaneous: bool = False,
        **kwargs: Any,
    ) -> None:
        """Chooses the rules of the game.

        Args:
            generator_optimizer: Keras optimizer or its name.
            discriminator_optimizer: another Keras optimizer, or its name.
            objective: name or `keras_gan.objectives.Objective`.
                Defaults to `"non_saturating"`.
            penalties: `keras_gan.penalties.Penalty` objects, added to the
                discriminator's loss and logged as `penalty`, apart from `d_loss`.
                Defaults to `()`.
            discriminator_steps: int, at least 1. The paper's k: discriminator moves,
                each on a fresh minibatch, for one of the generator. Defaults to `1`.
            simultaneous: bool. `True` lets both move at once, from the same latents,
                the same dropout masks on the fakes and the old parameters of both, as
                the code of 2014 does. Defaults to `False`.
            **kwargs: `jit_compile`, `steps_per_execution` and `run_eagerly`, as in
                `keras.Model.compile`.

        Raises:
            ValueError: if both optimizers are one object, or `simultaneous` is asked
                for with several discriminator steps.
        """
        # Keras would install a third optimizer of its own.
        super().compile(optimizer=None, **kwargs)
        self.objective = objectives.get(objective)
        self.penalties = penalties_module.check_penalties(penalties)
        self.discriminator_steps = check_positive_integer(
            "discriminator_steps", discriminator_steps
        )
        self.simultaneous = bool(simultaneous)
        if self.simultaneous and self.discriminator_steps > 1:
            raise ValueError(
                "`simultaneous=True` moves each player once a step. Received: "
                f"discriminator_steps={discriminator_steps}; set it to 1."
            )
        self.generator_optimizer = keras.optimizers.get(generator_optimizer)
        self.discriminator_optimizer = keras.optimizers.get(discriminator_optimizer)
        if self.generator_optimizer is self.discriminator_optimizer:
            raise ValueError(
                "`generator_optimizer` and `discriminator_optimizer` must be two "
                "objects, each with the state of one network. Received: one object."
            )
        # Built now: Keras restores the state of built optimizers only.
        self.generator_optimizer.build(self.generator.trainable_variables)
        self.discriminator_optimizer.build(self.discriminator.trainable_variables)

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Plays the game; takes what `keras.Model.fit` takes.

        Args:
            x: images as an array `[num_images, height, width, channels]`, whose order
                is keyed by (seed, epoch); or a `tf.data.Dataset` or
                `keras.utils.PyDataset` of images or of `(images, labels)`, one element
                for each step, which is divided into `discriminator_steps` minibatches.
            y: ignored labels, `None` or one for each image. Defaults to `None`.
            batch_size: int. Rows of one minibatch, for arrays. Defaults to `32`.
            callbacks: list of Keras callbacks. Defaults to `None`.
            validation_split: float in [0, 1). Share of an array's last rows to hold
                out. Defaults to `0.0`.
            validation_data: as in Keras; losses on it are logged with prefix `val_`.
                Defaults to `None`.
            shuffle: bool, for arrays. Defaults to `True`.
            **kwargs: `epochs`, `verbose`, `initial_epoch` and the rest.

        Returns:
            history: `keras.callbacks.History`.
        """
        refuse_weights(kwargs)
        callbacks = list(callbacks or [])
        if is_array(x):
            split = check_fraction("validation_split", validation_split)
            num_train = len(x) - int(len(x) * split)
            if split:
                validation_data = (x[num_train:],)
            epoch = tf.Variable(self.epochs_completed.numpy(), trainable=False)
            callbacks.insert(0, EpochClock(epoch))
            x = self._training_batches(x[:num_train], batch_size or 32, epoch, shuffle)
        else:
            callbacks.insert(0, EpochClock())
            kwargs.update(y=y, batch_size=batch_size)
            check_dataset(x, self.image_shape)
        # A tf.data.Dataset has its own order: Keras would warn that it keeps it.
        shuffle = shuffle and not isinstance(x, tf.data.Dataset)
        return super().fit(
            x,
            callbacks=callbacks,
            validation_data=validation_data,
            shuffle=shuffle,
            **kwargs,
        )

    def _training_batches(
        self, images: Any, batch_size: int, epoch: tf.Variable, shuffle: bool
    ) -> tf.data.Dataset:
        _network_checks.check_training_images(images, self.generator, self.image_shape)
        check_positive_integer("batch_size", batch_size)
        rows_per_step = batch_size * self.discriminator_steps
        return shuffled_batches((images,), rows_per_step, self.seed, epoch, shuffle)

    # ---------------------------------------------------------------- the game

    def train_step(self, data: Any) -> dict[str, Tensor]:
        """One step of Algorithm 1."""
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        if self.simultaneous:
            self._move_both(images)
        else:
            minibatches = fresh_minibatches(images, self.discriminator_steps)
            for draw, real in enumerate(minibatches):
                self._move_discriminator(real, draw)
            self._move_generator(minibatches[-1], draw=self.discriminator_steps)
        self.train_steps.assign_add(1)
        return self.get_metrics_result()

    def _move_discriminator(self, real: Tensor, draw: int) -> None:
        latents = self.sample_latents(num_rows(real), draw)  # [batch, latent_dim]
        fake = self.generator(latents, training=True)  # [batch, h, w, c]
        variables = self.discriminator.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            real_logits = self.logits(real, training=True)  # [batch, 1]
            fake_logits = self.logits(fake, training=True)  # [batch, 1]
            loss = self.objective.discriminator_loss(real_logits, fake_logits)
            penalized = loss + self.compute_penalty(real, fake, draw)
        gradients = tape.gradient(penalized, variables)
        self.discriminator_optimizer.apply(gradients, variables)
        self._observe_discriminator(loss, real_logits, fake_logits)

    def _move_generator(self, real: Tensor, draw: int) -> None:
        latents = self.sample_latents(num_rows(real), draw)  # [batch, latent_dim]
        variables = self.generator.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            fake = self.generator(latents, training=True)  # [batch, h, w, c]
            fake_logits = self.logits(fake, training=True)  # [batch, 1]
            loss = self.objective.generator_loss(
                fake_logits, self._compared_logits(real)
            )
        self.generator_optimizer.apply(tape.gradient(loss, variables), variables)
        self._average_generator(num_rows(real))
        self.g_loss_metric.update_state(loss)

    def _move_both(self, real: Tensor) -> None:
        latents = self.sample_latents(num_rows(real), draw=0)  # [batch, latent_dim]
        d_variables = self.discriminator.trainable_variables
        g_variables = self.generator.trainable_variables
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(latents, training=True)  # [batch, h, w, c]
            real_logits = self.logits(real, training=True)  # [batch, 1]
            fake_logits = self.logits(fake, training=True)  # [batch, 1]
            d_loss = self.objective.discriminator_loss(real_logits, fake_logits)
            g_loss = self.objective.generator_loss(fake_logits, real_logits)
            penalized = d_loss + self.compute_penalty(real, fake, draw=0)
        # Both gradients before either move: each player answers the other's old self.
        d_gradients = tape.gradient(penalized, d_variables)
        g_gradients = tape.gradient(g_loss, g_variables)
        self.discriminator_optimizer.apply(d_gradients, d_variables)
        self.generator_optimizer.apply(g_gradients, g_variables)
        self._average_generator(num_rows(real))
        self._observe_discriminator(d_loss, real_logits, fake_logits)
        self.g_loss_metric.update_state(g_loss)

    def _average_generator(self, num_images: Tensor) -> None:
        if self.ema_half_life is not None:
            update_average(
                self.evaluation_generator,
                self.generator,
                num_images,
                self.ema_half_life,
            )

    def test_step(self, data: Any) -> dict[str, Tensor]:
        """Both losses on held-out images in inference mode, from repeatable latents."""
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        seed = self._seed_of(_TEST_DRAW, self.test_steps)
        fake = self(self.prior.sample(num_rows(real), seed), training=False)
        real_logits = self.logits(real, training=False)  # [batch, 1]
        fake_logits = self.logits(fake, training=False)  # [batch, 1]
        d_loss = self.objective.discriminator_loss(real_logits, fake_logits)
        self._observe_discriminator(d_loss, real_logits, fake_logits)
        g_loss = self.objective.generator_loss(fake_logits, real_logits)
        self.g_loss_metric.update_state(g_loss)
        self.test_steps.assign_add(1)
        return self.get_metrics_result()

    def logits(self, images: Tensor, training: bool = False) -> Tensor:
        """The discriminator's logits `[batch, 1]`, in float32."""
        return tf.cast(self.discriminator(images, training=training), tf.float32)

    def _compared_logits(self, real: Tensor) -> Tensor | None:
        """Logits of data, for generator losses that compare; no gradient needs them."""
        if not self.objective.needs_real_logits:
            return None
        return self.logits(real, training=True)  # [batch, 1]

    def compute_penalty(self, real: Tensor, fake: Tensor, draw: int) -> Tensor:
        """Sum of the penalties that are due in this discriminator step.

        Args:
            real: `[batch, height, width, channels]`, images of the data.
            fake: of the same shape, generated images.
            draw: int, number of the discriminator step within this step.
        """
        total = tf.constant(0.0)
        for index, penalty in enumerate(self.penalties):
            seed = self._seed_of(_PENALTY_DRAW + index, self.train_steps)
            seed = tf.random.experimental.stateless_fold_in(seed, draw)
            d_steps = self.train_steps * self.discriminator_steps + draw
            total += penalties_module.when_due(
                penalty, d_steps, self.discriminator, real, fake, seed
            )
        if self.penalties:
            self.penalty_metric.update_state(total)
        return total

    def sample_latents(self, num_samples: int | Tensor, draw: int) -> Tensor:
        """Latents `[num_samples, latent_dim]` of the current training step.

        Args:
            num_samples: int or scalar integer tensor.
            draw: int, tells the draws of one step apart.
        """
        return self.prior.sample(num_samples, self._seed_of(draw, self.train_steps))

    def _observe_discriminator(
        self, loss: Tensor, real_logits: Tensor, fake_logits: Tensor
    ) -> None:
        self.d_loss_metric.update_state(loss)
        self.d_real_metric.update_state(tf.sigmoid(real_logits))
        self.d_fake_metric.update_state(tf.sigmoid(fake_logits))

    @property
    def metrics(self) -> list[keras.Metric]:
        """Losses of both players, mean D on real and on generated images."""
        always = [
            self.d_loss_metric,
            self.g_loss_metric,
            self.d_real_metric,
            self.d_fake_metric,
        ]
        return [*always, self.penalty_metric] if self.penalties else always

    def get_metrics_result(self) -> dict[str, Tensor]:
        """The current value of each metric."""
        return {metric.name: metric.result() for metric in self.metrics}

    def reset_metrics(self) -> None:
        """Starts the means anew; each evaluation sees the same latents again."""
        super().reset_metrics()
        self.test_steps.assign(0)

    # ------------------------------------------------------------ what it learned

    @property
    def evaluation_generator(self) -> keras.Model:
        """The generator that is judged and shipped: the average where there is one."""
        return self.generator if self.ema_generator is None else self.ema_generator

    def call(self, latents: Tensor, training: bool = False) -> Tensor:
        """Images `[batch, height, width, channels]` for latents."""
        return self.evaluation_generator(latents, training=training)

    def sample(
        self, num_samples: int, seed: int | None = None, batch_size: int = 1000
    ) -> FloatArray:
        """Draws images from the evaluation generator.

        Args:
            num_samples: int, at least 1.
            seed: int; the same seed gives the same images in every process. `None`
                draws one from Python's `random`, which
                `keras.utils.set_random_seed` governs. Defaults to `None`.
            batch_size: int, images generated at once. Defaults to `1000`.

        Returns:
            images: float32 array `[num_samples, height, width, channels]`.
        """
        check_positive_integer("num_samples", num_samples)
        seed = random.randrange(2**31) if seed is None else check_integer("seed", seed)
        latents = self.prior.sample(num_samples, seed)
        return self.predict(latents, batch_size=batch_size, verbose=0)

    def discriminate(self, images: Array, batch_size: int = 1000) -> FloatArray:
        """D(x): how likely the discriminator holds each image to be data.

        Args:
            images: array `[num_images, height, width, channels]`.
            batch_size: int, images judged at once. Defaults to `1000`.

        Returns:
            probabilities: float32 array `[num_images]` in [0, 1].
        """
        _network_checks.check_image_shape(tuple(images.shape[1:]), self.image_shape)
        logits = self.discriminator.predict(images, batch_size=batch_size, verbose=0)
        return tf.sigmoid(tf.cast(logits[:, 0], tf.float32)).numpy()

    # ------------------------------------------------------------ save and load

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this GAN."""
        serialize = keras.saving.serialize_keras_object
        return {
            "generator": serialize(self.generator),
            "discriminator": serialize(self.discriminator),
            "prior": serialize(self.prior),
            "ema_half_life": self.ema_half_life,
            "seed": self.seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: Config, custom_objects: Any = None) -> "GAN":
        """Builds a GAN from what `get_config` returned."""
        parts = {
            key: keras.saving.deserialize_keras_object(config[key], custom_objects)
            for key in ("generator", "discriminator", "prior")
        }
        return cls(**{**config, **parts})

    def get_compile_config(self) -> Config | None:
        """Returns the arguments that repeat `compile`, or `None` before it."""
        if not self.compiled:
            return None
        serialize = keras.saving.serialize_keras_object
        return {
            "generator_optimizer": serialize(self.generator_optimizer),
            "discriminator_optimizer": serialize(self.discriminator_optimizer),
            "objective": serialize(self.objective),
            "penalties": serialize(self.penalties),
            "discriminator_steps": self.discriminator_steps,
            "simultaneous": self.simultaneous,
            "jit_compile": self.jit_compile,
            "steps_per_execution": self.steps_per_execution,
            "run_eagerly": self.run_eagerly,
        }

    def compile_from_config(self, config: Config) -> None:
        """Repeats `compile` from what `get_compile_config` returned."""
        parts = {
            key: keras.saving.deserialize_keras_object(config[key])
            for key in (
                "generator_optimizer",
                "discriminator_optimizer",
                "objective",
                "penalties",
            )
        }
        self.compile(**{**config, **parts})
