"""The games of the benchmark in PyTorch, as a good user of it writes them.

Each holds its images in one tensor on the device, takes its minibatches out of it in
random order, and draws its latents in the step. Images are in NCHW.
"""

import contextlib
import dataclasses
import functools
import os
from collections.abc import Callable, Iterator
from typing import Any

import torch
from _torch_networks import Networks, count_parameters, make_networks  # noqa: F401
from torch.nn import functional

_PENALTY_WEIGHT = 10.0
_EPSILON = 1e-12  # inside the root: its slope at zero is infinite
_SLOPE_WEIGHT = 1.0  # of R1 and R2
_AVERAGE_RATE = 1e-3


@dataclasses.dataclass(frozen=True)
class Variant:
    """What a user may or may not do for speed.

    Args:
        frozen: no gradients of the discriminator's weights in the generator's step.
        fused: the optimizer moves all weights in one kernel.
        compiled: losses go through `torch.compile`, on CUDA with its graphs.
        dtype: of the products; other than float32 through `torch.autocast`.
    """

    frozen: bool = False
    fused: bool = False
    compiled: bool = False
    dtype: str = "float32"


def prepare(device: str, allow_tf32: bool) -> None:
    """Sets what is global: threads, TF32 and, as TensorFlow has it, no denormals."""
    torch.set_num_threads(os.cpu_count() or 1)
    torch.set_flush_denormal(True)
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = allow_tf32
        torch.backends.cudnn.allow_tf32 = allow_tf32
        torch.backends.cudnn.benchmark = True


def has_gpu() -> bool:
    return torch.cuda.is_available()


def forget_compiled() -> None:
    """Before another game: compilations of one function are counted, and limited."""
    torch.compiler.reset()


def optimizer_maker(
    name: str, learning_rate: float, betas: tuple[float, float]
) -> Callable[..., torch.optim.Optimizer]:
    """Adam, or `"sgd"` with momentum 0.5."""
    if name == "sgd":
        return functools.partial(torch.optim.SGD, lr=learning_rate, momentum=0.5)
    return functools.partial(torch.optim.Adam, lr=learning_rate, betas=betas)


def description() -> dict[str, Any]:
    """Version and settings, for the record."""
    return {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "allow_tf32": torch.backends.cuda.matmul.allow_tf32,
    }


# ------------------------------------------------------------------------- games


class AlternatingGame:
    """The game of 2014: one step of the discriminator, one of the generator.

    Args:
        networks: generator and discriminator.
        images: array `[num, height, width, channels]`, whole minibatches.
        batch_size: rows of a minibatch.
        latent_dim: length of one latent vector.
        optimizer: function of parameters and of the keyword `fused`.
        variant: what is done for speed.
        device: `"cpu"` or `"cuda"`.
    """

    minibatches_per_step = 1

    def __init__(
        self,
        networks: Networks,
        images: Any,
        batch_size: int,
        latent_dim: int,
        optimizer: Callable[..., torch.optim.Optimizer],
        variant: Variant,
        device: str,
    ) -> None:
        self.generator, self.discriminator = (net.to(device) for net in networks)
        self.generator_optimizer, self.discriminator_optimizer = (
            optimizer(network.parameters(), fused=variant.fused or None)
            for network in networks
        )
        channels_last = torch.as_tensor(images, device=device)
        self.images = channels_last.permute(0, 3, 1, 2).contiguous()
        self.batch_size, self.latent_dim = batch_size, latent_dim
        self.variant, self.device = variant, device
        if variant.compiled:
            mode = "reduce-overhead" if device == "cuda" else "default"
            self.discriminator_loss = torch.compile(self.discriminator_loss, mode=mode)
            self.generator_loss = torch.compile(self.generator_loss, mode=mode)

    def step(self, index: int) -> None:
        """Step number `index` of a pass over the images, which 0 begins."""
        if index == 0:
            self.order = torch.randperm(len(self.images), device=self.device)
        for real in self._minibatches(index):
            with self._autocast():
                loss = self.discriminator_loss(real)
            _minimize(loss, self.discriminator_optimizer)
        with self._held_discriminator():
            with self._autocast():
                loss = self.generator_loss(real)
            _minimize(loss, self.generator_optimizer)
        if self.device == "cuda":
            torch.cuda.synchronize()

    def discriminator_loss(self, real: torch.Tensor) -> torch.Tensor:
        real_logits = self.discriminator(real)  # [batch, 1]
        fake_logits = self.discriminator(self.fake())
        return _cross_entropy(real_logits, 1.0) + _cross_entropy(fake_logits, 0.0)

    def generator_loss(self, real: torch.Tensor) -> torch.Tensor:
        """Non-saturating."""
        return _cross_entropy(self.discriminator(self.generator(self.latents())), 1.0)

    @torch.no_grad()
    def fake(self) -> torch.Tensor:
        return self.generator(self.latents())

    def latents(self) -> torch.Tensor:
        return torch.randn(self.batch_size, self.latent_dim, device=self.device)

    def _minibatches(self, index: int) -> Iterator[torch.Tensor]:
        first = index * self.minibatches_per_step
        for number in range(first, first + self.minibatches_per_step):
            start = number * self.batch_size
            yield self.images[self.order[start : start + self.batch_size]]

    def _autocast(self) -> contextlib.AbstractContextManager[Any]:
        if self.variant.dtype == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self.device, dtype=getattr(torch, self.variant.dtype))

    @contextlib.contextmanager
    def _held_discriminator(self) -> Iterator[None]:
        self.discriminator.requires_grad_(not self.variant.frozen)
        yield
        self.discriminator.requires_grad_(True)


class WassersteinGame(AlternatingGame):
    """WGAN-GP: five steps of the critic with its penalty, one of the generator."""

    minibatches_per_step = 5

    def discriminator_loss(self, real: torch.Tensor) -> torch.Tensor:
        fake = self.fake()
        distance = self.discriminator(fake).mean() - self.discriminator(real).mean()
        return distance + _PENALTY_WEIGHT * self.penalty(real, fake)

    def generator_loss(self, real: torch.Tensor) -> torch.Tensor:
        return -self.discriminator(self.generator(self.latents())).mean()

    def penalty(self, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """Mean squared distance of the slopes from 1, between both kinds of images."""
        share = torch.rand(len(real), 1, 1, 1, device=self.device)
        between = torch.lerp(fake.float(), real, share)
        squares = self._slopes(between).float().flatten(1).square().sum(dim=1)
        return ((squares + _EPSILON).sqrt() - 1).square().mean()

    def _slopes(self, between: torch.Tensor) -> torch.Tensor:
        if self.variant.compiled:  # which cannot differentiate a backward pass twice
            return torch.func.grad(lambda images: self.discriminator(images).sum())(
                between
            )
        between.requires_grad_(True)
        total = self.discriminator(between).sum()
        return torch.autograd.grad(total, between, create_graph=True)[0]


class RelativisticGame(AlternatingGame):
    """R3GAN's: pairs of a real and a generated image, R1 and R2 at every step.

    A moving average follows the generator.
    """

    def __init__(self, networks: Networks, *args: Any, **kwargs: Any) -> None:
        super().__init__(networks, *args, **kwargs)
        self.averaged = [
            weight.detach().clone() for weight in self.generator.parameters()
        ]

    def step(self, index: int) -> None:
        super().step(index)
        weights = [weight.detach() for weight in self.generator.parameters()]
        torch._foreach_lerp_(self.averaged, weights, _AVERAGE_RATE)

    def discriminator_loss(self, real: torch.Tensor) -> torch.Tensor:
        real_logits, real_slopes = self._with_slopes(real)
        fake_logits, fake_slopes = self._with_slopes(self.fake())
        loss = functional.softplus(fake_logits - real_logits).mean()
        return loss + _SLOPE_WEIGHT / 2 * (real_slopes + fake_slopes)

    def generator_loss(self, real: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            real_logits = self.discriminator(real)
        fake_logits = self.discriminator(self.generator(self.latents()))
        return functional.softplus(real_logits - fake_logits).mean()

    def _with_slopes(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits, and the mean squared norm of their gradients by the images."""
        if self.variant.compiled:  # which cannot differentiate a backward pass twice
            slopes = torch.func.grad(lambda x: self.discriminator(x).sum())(images)
            logits = self.discriminator(images)
        else:
            images = images.detach().requires_grad_(True)
            logits = self.discriminator(images)
            (slopes,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
        return logits, slopes.float().flatten(1).square().sum(dim=1).mean()


GAMES = {
    "alternating": AlternatingGame,
    "relativistic": RelativisticGame,
    "wasserstein": WassersteinGame,
}


def _cross_entropy(logits: torch.Tensor, label: float) -> torch.Tensor:
    labels = torch.full_like(logits, label)
    return functional.binary_cross_entropy_with_logits(logits, labels)


def _minimize(loss: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
