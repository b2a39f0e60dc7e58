"""The networks of the benchmark's games in PyTorch, in NCHW."""

import itertools

import torch
from torch import nn

Networks = tuple[nn.Module, nn.Module]


def make_networks(
    family: str,
    latent_dim: int,
    image_shape: tuple[int, ...],
    normalized_discriminator: bool = True,
) -> Networks:
    """Generator and discriminator: `"maxout"`, `"dcgan"` or `"r3gan"`."""
    if family == "dcgan":
        return dcgan_pair(
            latent_dim, image_shape, normalized_discriminator=normalized_discriminator
        )
    pair = {"maxout": maxout_pair, "r3gan": r3gan_pair}[family]
    return pair(latent_dim, image_shape)


class Maxout(nn.Module):
    """Units that output the largest of a few affine functions."""

    def __init__(self, features: int, units: int, pieces: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, units * pieces)
        self.shape = (pieces, units)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        # [batch, pieces, units] -> [batch, units]
        return self.linear(inputs).unflatten(1, self.shape).amax(dim=1)


def maxout_pair(latent_dim: int, image_shape: tuple[int, ...]) -> Networks:
    """The MNIST pair of 2014."""
    num_pixels = image_shape[0] * image_shape[1] * image_shape[2]
    generator = nn.Sequential(
        nn.Linear(latent_dim, 1200),
        nn.ReLU(),
        nn.Linear(1200, 1200),
        nn.ReLU(),
        nn.Linear(1200, num_pixels),
        nn.Sigmoid(),
        nn.Unflatten(1, channels_first(image_shape)),
    )
    discriminator = nn.Sequential(
        nn.Flatten(),
        nn.Dropout(0.2),
        Maxout(num_pixels, 240, 5),
        nn.Dropout(0.5),
        Maxout(240, 240, 5),
        nn.Dropout(0.5),
        nn.Linear(240, 1),
    )
    return generator, discriminator


def dcgan_pair(
    latent_dim: int,
    image_shape: tuple[int, ...],
    base_filters: int = 64,
    normalized_discriminator: bool = True,
) -> Networks:
    """DCGAN, or the networks of WGAN-GP, whose critic has no normalization."""
    height, width, channels = image_shape
    halvings = _halvings(height)
    coarse = (height >> halvings, width >> halvings)
    filters = [base_filters << step for step in range(halvings)]  # finest grid first
    generator = nn.Sequential(
        *_first_block(latent_dim, coarse, filters[-1]),
        *_upsampling(list(reversed(filters)), channels),
    )
    discriminator = nn.Sequential(
        *_downsampling(channels, filters, normalized_discriminator),
        nn.Flatten(),
        nn.Linear(coarse[0] * coarse[1] * filters[-1], 1),
    )
    return generator, discriminator


def _halvings(side: int) -> int:
    """How often a side is halved, while it is even and above 4."""
    return 0 if side % 2 or side <= 4 else 1 + _halvings(side // 2)


def _first_block(
    latent_dim: int, coarse: tuple[int, int], filters: int
) -> list[nn.Module]:
    units = coarse[0] * coarse[1] * filters
    return [
        nn.Linear(latent_dim, units, bias=False),
        nn.BatchNorm1d(units),
        nn.ReLU(),
        nn.Unflatten(1, (filters, *coarse)),
    ]


def _upsampling(filters: list[int], channels: int) -> list[nn.Module]:
    blocks: list[nn.Module] = []
    same = {"kernel_size": 5, "stride": 2, "padding": 2, "output_padding": 1}
    for before, after in itertools.pairwise(filters):
        convolution = nn.ConvTranspose2d(before, after, bias=False, **same)
        blocks += [convolution, nn.BatchNorm2d(after), nn.ReLU()]
    return [*blocks, nn.ConvTranspose2d(filters[-1], channels, **same), nn.Tanh()]


def _downsampling(
    channels: int, filters: list[int], normalized: bool
) -> list[nn.Module]:
    blocks: list[nn.Module] = []
    before = channels
    for index, after in enumerate(filters):
        norm = [nn.BatchNorm2d(after)] if normalized and index else []
        convolution = nn.Conv2d(before, after, 5, 2, padding=2, bias=not norm)
        blocks += [convolution, *norm, nn.LeakyReLU(0.2)]
        before = after
    return blocks


class ResidualBlock(nn.Module):
    """`h + f(h)`, where f is two rectified convolutions."""

    def __init__(self, filters: int) -> None:
        super().__init__()
        same = {"kernel_size": 3, "padding": 1}
        self.residue = nn.Sequential(
            nn.LeakyReLU(0.2),
            nn.Conv2d(filters, filters, **same),
            nn.LeakyReLU(0.2),
            nn.Conv2d(filters, filters, **same),
        )

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs + self.residue(inputs)


def r3gan_pair(
    latent_dim: int, image_shape: tuple[int, ...], base_filters: int = 32
) -> Networks:
    """Residual networks without normalization, one block a stage."""
    height, width, channels = image_shape
    halvings = _halvings(height)
    coarse = (height >> halvings, width >> halvings)
    filters = [base_filters << step for step in range(halvings)]  # finest grid first
    units = coarse[0] * coarse[1] * filters[-1]
    grown: list[nn.Module] = [ResidualBlock(filters[-1])]
    shrunk: list[nn.Module] = [ResidualBlock(filters[0])]
    for fine, broad in reversed([*itertools.pairwise(filters)]):
        one_pixel = nn.Conv2d(broad, fine, 1, bias=False)
        doubling = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        grown += [one_pixel, doubling, ResidualBlock(fine)]
    for fine, broad in itertools.pairwise(filters):
        one_pixel = nn.Conv2d(fine, broad, 1, bias=False)
        shrunk += [nn.AvgPool2d(2), one_pixel, ResidualBlock(broad)]
    generator = nn.Sequential(
        nn.Linear(latent_dim, units),
        nn.Unflatten(1, (filters[-1], *coarse)),
        *grown,
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(filters[0], channels, 4, 2, padding=1),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(channels, filters[0], 4, 2, padding=1),
        *shrunk,
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(units, 1),
    )
    return generator, discriminator


def channels_first(image_shape: tuple[int, ...]) -> tuple[int, int, int]:
    height, width, channels = image_shape
    return channels, height, width


def count_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
