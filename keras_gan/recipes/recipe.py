"""What a published configuration consists of."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from keras_gan._html import element, rows_of
from keras_gan.recipes._length import steps_of_epoch
from keras_gan.recipes.fitting import (
    Check,
    of_different_rows,
    of_enough_for,
    of_images,
)

if TYPE_CHECKING:
    from keras_gan.datasets.dataset import Dataset
    from keras_gan.gan import GAN


@dataclasses.dataclass(frozen=True)
class ParzenProtocol:
    """How samples are scored by their Parzen log-likelihood.

    Args:
        num_samples: int, generated images that carry kernels.
        num_valid: int, validation images that choose the bandwidth.
        bandwidths: floats, the grid, in data units.
    """

    num_samples: int
    num_valid: int
    bandwidths: tuple[float, ...]


@dataclasses.dataclass(frozen=True, repr=False)
class Recipe:
    """A published configuration: networks, game, rules, and which data they take.

    It loads nothing: any dataset that `fits` will do. The first four arguments say what
    it is: a line of `keras_gan.recipes.listing`.

    Args:
        name: str, as on the command line.
        summary: str, one line.
        source: str, where the configuration is published.
        data: str, the dataset that it is published for, a key of
            `keras_gan.datasets.LOADERS`.
        build: function of `(data, seed)` that returns a compiled, untrained `GAN`; it
            takes `num_steps` where the game is `scheduled`, `simultaneous` where it
            `can_alternate`, and `pretrained`, a `GAN`, where it `continues` another
            recipe.
        batch_size: int, rows of one minibatch.
        epochs: int, length of a run unless another is asked for.
        monitor: str, the value whose best one picks the epoch that `best.keras` keeps.
            Defaults to `"frechet_distance"`.
        parzen: `ParzenProtocol`, for recipes whose published measure is Parzen's.
            Defaults to `None`.
        passes_per_epoch: int, passes over the training data that count as one epoch:
            more than one where the dataset is small. Defaults to `1`.
        value_range: pair of floats, to which data are scaled, `None` to leave them as
            they are. Defaults to `(0.0, 1.0)`.
        prepare: function of the scaled dataset that returns what the game is played
            on, or `None`. Defaults to `None`.
        fits: checks of `keras_gan.recipes.fitting` that data must pass.
            Defaults to `(of_images,)`.
        can_alternate: bool, whether the players move at once but can be told to
            alternate. Defaults to `False`.
        scheduled: bool, whether rates or weights run along the whole training, however
            many epochs are asked for. Defaults to `False`.
        continues: name of the recipe whose trained game `build` takes; `None` if it
            starts from nothing. Defaults to `None`.
        choose: function of a dataset that returns the recipe for it, or `None` where
            the recipe is the same for all. Defaults to `None`.
        reasons: strings, what was chosen for a dataset and why. Defaults to `()`.
        length_by_time: bool, whether `epochs` are what an hour allows, so that a run
            that may take longer has more of them. Defaults to `False`.
        discriminator_steps: int, minibatches of a step, as the game is compiled.
            Defaults to `1`.
        fewest_rows: int, training rows without which a run does not begin.
            Defaults to `1`.
    """

    name: str
    summary: str
    source: str
    data: str
    build: "Callable[..., GAN]"
    batch_size: int
    epochs: int
    monitor: str = "frechet_distance"
    parzen: ParzenProtocol | None = None
    passes_per_epoch: int = 1
    value_range: tuple[float, float] | None = (0.0, 1.0)
    prepare: "Callable[[Dataset], Dataset] | None" = None
    fits: tuple[Check, ...] = (of_images,)
    can_alternate: bool = False
    scheduled: bool = False
    continues: str | None = None
    choose: "Callable[[Dataset], Recipe] | None" = None
    reasons: tuple[str, ...] = ()
    length_by_time: bool = False
    discriminator_steps: int = 1
    fewest_rows: int = 1

    def __repr__(self) -> str:
        told = f"{self.epochs} epochs of minibatches of {self.batch_size}"
        return f"Recipe({self.name!r}, {told}, for {self.data})"

    def _repr_html_(self) -> str:
        """Returns a table for notebooks: what it is, then what was chosen and why."""
        rows = [
            ("summary", self.summary),
            ("source", self.source),
            ("data", self.data),
            ("minibatches", str(self.batch_size)),
            ("minibatches a step", str(self.discriminator_steps)),
            ("epochs", str(self.epochs)),
            ("passes an epoch", str(self.passes_per_epoch)),
            ("best epoch by", self.monitor),
            ("value range", str(self.value_range)),
            *(("chosen", reason) for reason in self.reasons),
        ]
        head, body = rows_of((self.name, "value"), rows)
        return element("table", head, body)

    def obstacle(self, data: "Dataset") -> str | None:
        """Returns why the game cannot be played on these data, `None` if it can."""
        if data.stream is not None and self.prepare is not None:
            return "it prepares all data in memory, and these are streamed"
        for check in (*self.fits, of_different_rows):
            obstacle = check(data)
            if obstacle is not None:
                return obstacle
        return of_enough_for(self.for_data(data).monitor)(data)

    def for_data(self, data: "Dataset") -> "Recipe":
        """Returns the recipe as it is for these data, with its reasons."""
        if self.choose is None:
            return self
        return dataclasses.replace(self.choose(data), name=self.name)

    def steps_per_epoch(
        self, data: "Dataset", discriminator_steps: int | None = None
    ) -> int:
        """Returns the steps of an epoch of these data.

        Args:
            data: `Dataset`.
            discriminator_steps: int, minibatches of a step, or `None` for those of
                the recipe. Defaults to `None`.
        """
        if discriminator_steps is None:
            discriminator_steps = self.discriminator_steps
        rows_per_step = discriminator_steps * self.batch_size
        return steps_of_epoch(data, rows_per_step, self.passes_per_epoch)

    def prepared(self, data: "Dataset") -> "Dataset":
        """Returns the data as the game is played on them: scaled, and prepared."""
        if self.value_range is not None:
            data = data.in_range(*self.value_range)
        return data if self.prepare is None else self.prepare(data)
