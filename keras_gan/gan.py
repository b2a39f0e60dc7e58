"""The adversarial game as a Keras model: Algorithm 1 in `train_step`."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan import objectives
from keras_gan._replicas import draw_rows, num_replicas, reducible
from keras_gan._types import Config, Tensor
from keras_gan.terms.term import Term
from keras_gan.training import compatibility
from keras_gan.training.averaging import update_average
from keras_gan.training.batches import (
    fresh_minibatches,
    full_rows,
    never_empty,
    num_rows,
)
from keras_gan.training.compilation import chosen_compilation
from keras_gan.training.compile_arguments import refuse_foreign
from keras_gan.training.fitting import FittedPlayers
from keras_gan.training.metrics import GameMetrics
from keras_gan.training.player_optimizers import PlayerOptimizers, prepare_optimizers
from keras_gan.training.terms_in_play import PenaltiesInPlay, add_gradients
from keras_gan.training.updates import move, share_of
from keras_gan.training.view import (
    DiscriminatorView,
    check_augmentation,
    check_noise_level,
)

# Draws of one step are numbered. Latents take 0, 1, ...; the rest begin where no step
# gets to, so that nothing shares a key.
_REAL_VIEW = 2**27
_FAKE_VIEW = 2**28
_PENALTY_DRAW = 2**30
_TEST_DRAW = 2**31 - 1


@keras.saving.register_keras_serializable(package="keras_gan")
class GAN(FittedPlayers):
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
        packing: int, at least 1. Images that the discriminator judges together, side by
            side as channels (PacGAN): its input is `[batch, height, width, packing *
            channels]`, and it sees a lack of variety. Defaults to `1`.
        seed: int in [0, 2^31). Key of the training's randomness. It does not set the
            initial weights: seed the networks' initializers, or call
            `keras.utils.set_random_seed` first. Defaults to `0`.
        **kwargs: what `keras.Model` takes.

    Raises:
        TypeError: if a network is not a `keras.Model` or `prior` not a `Prior`.
        ValueError: if the networks do not fit together, the discriminator does not end
            in one logit, or `seed` is out of its range.

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

    def _create_game_state(self) -> None:
        self.game_metrics = GameMetrics()
        self.terms = PenaltiesInPlay(())
        self.discriminator_constraint: Any = None

    @refuse_foreign
    def compile(
        self,
        generator_optimizer: Any,
        discriminator_optimizer: Any,
        objective: Any = "non_saturating",
        penalties: Sequence[Term] = (),
        discriminator_steps: int = 1,
        generator_steps: int = 1,
        simultaneous: bool = False,
        fused_discriminator: bool = False,
        augmentation: Callable[[Tensor, Tensor], Tensor] | None = None,
        instance_noise: Any = 0.0,
        discriminator_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        """Chooses the rules of the game.

        Args:
            generator_optimizer: Keras optimizer or its name. It is named `generator`,
                as callbacks log it; under `mixed_float16` it gets a loss scaler of its
                own.
            discriminator_optimizer: another one, or its name, named `discriminator`.
            objective: name or `keras_gan.objectives.Objective`.
                Defaults to `"non_saturating"`.
            penalties: `keras_gan.terms.Term` objects, added to their player's
                loss and logged as `penalty` (the discriminator's) and `g_penalty`,
                apart from `d_loss` and `g_loss`. Defaults to `()`.
            discriminator_steps: int, at least 1. The paper's k: discriminator moves,
                each on a fresh minibatch, for one of the generator. Defaults to `1`.
            generator_steps: int, at least 1. Generator moves, each on fresh latents,
                after those of the discriminator; more than one provokes a collapse, the
                paper's Helvetica scenario. Defaults to `1`.
            simultaneous: bool. `True` lets both move at once, from the same latents,
                the same dropout masks on the fakes and the old parameters of both, as
                the code of 2014 does. Defaults to `False`.
            fused_discriminator: bool. `True` judges real and generated images in one
                pass, which is faster; refused where the discriminator has batch
                statistics. Defaults to `False`.
            augmentation: `keras_gan.augmentation.DiffAugment`, or another serialisable
                function of `(images, seed)`, applied to all images that the
                discriminator is shown in training. Defaults to `None`.
            instance_noise: float, at least 0, standard deviation of the Gaussian noise
                on all images that the discriminator is shown in training, or a
                `keras.optimizers.schedules` object that anneals it over training steps.
                Defaults to `0.0`.
            discriminator_constraint: Keras constraint on every trainable variable of
                the discriminator, e.g. `keras_gan.constraints.WeightClipping()`.
                Defaults to `None`.
            **kwargs: `jit_compile`, `steps_per_execution` and `run_eagerly`, as in
                `keras.Model.compile`; `jit_compile="auto"`, the default, is Keras's
                choice on accelerators. On processors alone it is `True` for alternating
                games of half a million weights and more where TensorFlow runs without
                oneDNN, but for convolutions that XLA is slow at.

        Raises:
            ValueError: if rules contradict each other, both optimizers are one object,
                or one of them has `use_ema=True`.
            TypeError: if an argument of `keras.Model.compile` has no meaning here, such
                as `loss` or `metrics`.
        """
        objective = objectives.get(objective)
        terms = PenaltiesInPlay(penalties)
        compatibility.check_order(
            discriminator_steps,
            generator_steps,
            simultaneous,
            fused_discriminator,
            self.discriminator,
        )
        jit_compile = chosen_compilation(
            kwargs.pop("jit_compile", "auto"),
            kwargs.get("run_eagerly", False),
            (self.generator, self.discriminator),
            penalties,
            simultaneous,
            self.distribute_strategy,
        )
        replicas = self.distribute_strategy.num_replicas_in_sync
        compatibility.check_penalties_run(penalties, jit_compile, replicas)
        compatibility.warn_of_known_failures(
            objective, penalties, discriminator_constraint, self.discriminator
        )
        # Keras would install a third optimizer of its own.
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)
        self.objective = objective
        self.discriminator_steps = discriminator_steps
        self.generator_steps = generator_steps
        self.simultaneous = bool(simultaneous)
        self.fused_discriminator = bool(fused_discriminator)
        self.view = DiscriminatorView(
            self.packing,
            check_augmentation(augmentation),
            check_noise_level(instance_noise),
        )
        constraint = keras.constraints.get(discriminator_constraint)
        compatibility.constrain(
            self.discriminator, constraint, self.discriminator_constraint
        )
        self.discriminator_constraint = constraint
        with self.distribute_strategy.scope():
            players = prepare_optimizers(
                generator_optimizer,
                discriminator_optimizer,
                self.generator,
                self.discriminator,
            )
            for penalty in penalties:
                penalty.bind(self.generator, self.discriminator)
        self.generator_optimizer, self.discriminator_optimizer = players
        self.optimizer = PlayerOptimizers(*players)
        self.terms = terms

    # ---------------------------------------------------------------- the game

    def train_step(self, data: Any) -> dict[str, Tensor]:
        """One step of Algorithm 1."""
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        minibatches = fresh_minibatches(
            images, self.discriminator_steps, self._row_multiple
        )
        if self.simultaneous:
            self._move_both(minibatches[0])
        else:
            for draw, real in enumerate(minibatches):
                self._move_discriminator(real, draw)
            for draw in range(self.generator_steps):
                self._move_generator(
                    minibatches[-1], draw=self.discriminator_steps + draw
                )
        self.train_steps.assign_add(1)
        return reducible(self.get_metrics_result())

    def _move_discriminator(self, real: Tensor, draw: int) -> None:
        fake = self._generate(num_rows(real), draw)  # [batch, h, w, c]
        inputs = self._penalty_inputs(real, fake, draw)
        variables = self.discriminator.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            real_logits, fake_logits = self._judge(real, fake, draw)  # [packs, 1]
            loss = self.objective.discriminator_loss(real_logits, fake_logits)
            penalty = self.terms.at_once("discriminator", **inputs)
            share = share_of(loss + penalty, self.discriminator_optimizer)
        lazy_penalty, lazy_gradients = self._lazy_penalties(draw, inputs)
        gradients = add_gradients(tape.gradient(share, variables), lazy_gradients)
        move(self.discriminator_optimizer, gradients, variables)
        self.game_metrics.observe_discriminator(loss, real_logits, fake_logits)
        self.game_metrics.observe_penalty("discriminator", penalty + lazy_penalty)

    def _move_generator(self, real: Tensor, draw: int) -> None:
        variables = self.generator.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            fake = self._generate(num_rows(real), draw)  # [batch, h, w, c]
            shown = self._show(fake, _FAKE_VIEW + draw)  # [packs, h, w, packing * c]
            loss = self.objective.generator_loss(
                self.logits(shown, training=True), self._compared_logits(real, draw)
            )
            penalty = self._generator_penalty(real, shown, draw)
            share = share_of(self._played(loss) + penalty, self.generator_optimizer)
        move(self.generator_optimizer, tape.gradient(share, variables), variables)
        self._average_generator(num_rows(real))
        self.game_metrics.g_loss.update_state(loss)

    def _move_both(self, real: Tensor) -> None:
        d_variables = self.discriminator.trainable_variables
        g_variables = self.generator.trainable_variables
        with tf.GradientTape(persistent=True) as tape:
            fake = self._generate(num_rows(real), draw=0)  # [batch, h, w, c]
            inputs = self._penalty_inputs(real, fake, draw=0)
            real_logits, fake_logits = self._judge(real, fake, draw=0)  # [packs, 1]
            d_loss = self.objective.discriminator_loss(real_logits, fake_logits)
            g_loss = self.objective.generator_loss(fake_logits, real_logits)
            d_penalty = self.terms.at_once("discriminator", **inputs)
            shown = self._show(fake, _FAKE_VIEW)  # [packs, h, w, packing * c]
            g_penalty = self._generator_penalty(real, shown, draw=0)
            d_share = share_of(d_loss + d_penalty, self.discriminator_optimizer)
            g_share = share_of(
                self._played(g_loss) + g_penalty, self.generator_optimizer
            )
        lazy_penalty, lazy_gradients = self._lazy_penalties(0, inputs)
        # All gradients before any move: each player answers the other's old self.
        d_gradients = add_gradients(tape.gradient(d_share, d_variables), lazy_gradients)
        g_gradients = tape.gradient(g_share, g_variables)
        move(self.discriminator_optimizer, d_gradients, d_variables)
        move(self.generator_optimizer, g_gradients, g_variables)
        self._average_generator(num_rows(real))
        self.game_metrics.observe_discriminator(d_loss, real_logits, fake_logits)
        self.game_metrics.observe_penalty("discriminator", d_penalty + lazy_penalty)
        self.game_metrics.g_loss.update_state(g_loss)

    def _generate(self, num_images: Tensor, draw: int) -> Tensor:
        latents = self.sample_latents(num_images, draw)  # [batch, latent_dim]
        return tf.cast(self.generator(latents, training=True), tf.float32)

    def sample_latents(self, num_samples: int | Tensor, draw: int) -> Tensor:
        """Latents `[num_samples, latent_dim]` of the current training step.

        Args:
            num_samples: int or scalar integer tensor; of this replica.
            draw: int, tells the draws of one step apart.
        """
        seed = self._seed_of(draw, self.train_steps)
        return draw_rows(lambda rows: self.prior.sample(rows, seed), num_samples)

    def _judge(self, real: Tensor, fake: Tensor, draw: int) -> tuple[Tensor, Tensor]:
        """Logits `[packs, 1]` of both kinds of images."""
        real = self._show(real, _REAL_VIEW + draw)  # [packs, h, w, packing * c]
        fake = self._show(fake, _FAKE_VIEW + draw)  # [packs, h, w, packing * c]
        if not self.fused_discriminator:
            return self.logits(real, training=True), self.logits(fake, training=True)
        both = self.logits(tf.concat([real, fake], axis=0), training=True)
        real_logits, fake_logits = tf.split(both, 2)
        return real_logits, fake_logits

    def _compared_logits(self, real: Tensor, draw: int) -> Tensor | None:
        """Logits of data, for generator losses that compare; no gradient needs them."""
        if not self.objective.needs_real_logits:
            return None
        return self.logits(self._show(real, _REAL_VIEW + draw), training=True)

    def _show(self, images: Tensor, view: int) -> Tensor:
        seed = self._seed_of(view, self.train_steps)
        return self.view(tf.cast(images, tf.float32), seed, self.train_steps.value)

    def logits(self, images: Tensor, training: bool = False) -> Tensor:
        """The discriminator's logits `[batch, 1]`, in float32."""
        return tf.cast(self.discriminator(images, training=training), tf.float32)

    def _played(self, generator_loss: Tensor) -> Tensor:
        """The generator's loss in the game, 0 where a penalty stands in its place."""
        return tf.zeros(()) if self.terms.replaces_objective else generator_loss

    def _penalty_inputs(self, real: Tensor, fake: Tensor, draw: int) -> dict[str, Any]:
        """What the discriminator's penalties get: a judge, packs of images, a seed."""
        seed = self._seed_of(_PENALTY_DRAW + draw, self.train_steps)

        # Slopes are taken at images as they are, through all that is done to show them.
        def judge(packs: Tensor, training: bool) -> Tensor:
            shown = self.view.of_packs(packs, seed, self.train_steps.value)
            return self.discriminator(shown, training=training)

        return {
            "judge": judge if self.view.disturbs else self.discriminator,
            "real": self.view.pack(tf.cast(real, tf.float32)),
            "fake": self.view.pack(fake),
            "seed": seed,
        }

    def _lazy_penalties(
        self, draw: int, inputs: dict[str, Any]
    ) -> tuple[Tensor, list[Tensor | None]]:
        return self.terms.when_due(
            self.train_steps * self.discriminator_steps + draw,
            **inputs,
            variables=self.discriminator.trainable_variables,
            share_of=lambda loss: share_of(loss, self.discriminator_optimizer),
        )

    def _generator_penalty(self, real: Tensor, shown: Tensor, draw: int) -> Tensor:
        if "generator" not in self.terms.players:
            return tf.zeros(())
        real = self._show(real, _REAL_VIEW + draw)
        seed = self._seed_of(_PENALTY_DRAW + draw, self.train_steps)
        total = self.terms.at_once("generator", self.discriminator, real, shown, seed)
        self.game_metrics.observe_penalty("generator", total)
        return total

    def _average_generator(self, num_images: Tensor) -> None:
        if self.ema_half_life is not None:
            update_average(
                self.evaluation_generator,
                self.generator,
                num_images * num_replicas(),
                self.ema_half_life,
            )

    def test_step(self, data: Any) -> dict[str, Tensor]:
        """Both losses on held-out images in inference mode, from repeatable latents."""
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        rows = num_rows(images)
        real = full_rows(never_empty(images), self.packing)
        seed = self._seed_of(_TEST_DRAW, self.test_steps)
        latents = draw_rows(lambda rows: self.prior.sample(rows, seed), num_rows(real))
        fake = self(latents, training=False)  # [batch, h, w, c]
        real_logits = self.logits(self.view.pack(real))  # [packs, 1]
        fake_logits = self.logits(self.view.pack(fake))  # [packs, 1]
        d_loss = self.objective.discriminator_loss(real_logits, fake_logits)
        g_loss = self.objective.generator_loss(fake_logits, real_logits)
        self.game_metrics.observe_discriminator(d_loss, real_logits, fake_logits, rows)
        self.game_metrics.g_loss.update_state(g_loss, rows)
        self.test_steps.assign_add(1)
        return reducible(self.get_metrics_result())

    @property
    def penalties(self) -> list[Term]:
        """The penalties of the game, as `compile` got them."""
        return self.terms.penalties

    @property
    def metrics(self) -> list[keras.Metric]:
        """Losses of both players, mean D on real and on generated images, penalties."""
        return self.game_metrics.logged(self.terms.players)

    def get_metrics_result(self) -> dict[str, Tensor]:
        """The current value of each metric."""
        return {metric.name: metric.result() for metric in self.metrics}

    def reset_metrics(self) -> None:
        """Starts the means anew; each evaluation sees the same latents again."""
        super().reset_metrics()
        self.test_steps.assign(0)

    def get_compile_config(self) -> Config | None:
        """Returns the arguments that repeat `compile`, or `None` before it."""
        if not self.compiled:
            return None
        serialize = keras.saving.serialize_keras_object
        return {
            "generator_optimizer": serialize(self.generator_optimizer),
            "discriminator_optimizer": serialize(self.discriminator_optimizer),
            "objective": serialize(self.objective),
            "terms": serialize(self.terms.penalties),
            "discriminator_steps": self.discriminator_steps,
            "generator_steps": self.generator_steps,
            "simultaneous": self.simultaneous,
            "fused_discriminator": self.fused_discriminator,
            "augmentation": serialize(self.view.augmentation),
            "instance_noise": serialize(self.view.instance_noise),
            "discriminator_constraint": serialize(self.discriminator_constraint),
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
                "terms",
                "augmentation",
                "instance_noise",
                "discriminator_constraint",
            )
        }
        self.compile(**{**config, **parts})
