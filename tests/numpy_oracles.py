"""Closed forms in float64, written from the papers and independent of the package."""

import math

import numpy as np
from scipy.special import expit, logsumexp


def discriminator_cross_entropy(real_logits, fake_logits, label_smoothing=0.0):
    """Binary cross-entropy with targets 1 - a for real and 0 for fake."""
    real = expit(np.asarray(real_logits, "float64"))
    fake = expit(np.asarray(fake_logits, "float64"))
    target = 1 - label_smoothing
    real_loss = -(target * np.log(real) + (1 - target) * np.log1p(-real))
    return float(np.mean(real_loss) + np.mean(-np.log1p(-fake)))


def parzen_log_prob(x, samples, bandwidth):
    """Brute force over all pairs: the [m, n, d] differences themselves."""
    x, samples = (np.asarray(v, "float64").reshape(len(v), -1) for v in (x, samples))
    differences = x[:, np.newaxis, :] - samples[np.newaxis, :, :]
    exponents = -np.sum(differences**2, axis=2) / (2 * bandwidth**2)
    normalizer = x.shape[1] * math.log(bandwidth * math.sqrt(2 * math.pi))
    return logsumexp(exponents, axis=1) - math.log(len(samples)) - normalizer


def maxout(inputs, kernel, bias, units, num_pieces):
    """Largest of `num_pieces` affine functions; piece p of unit u is column p U + u."""
    columns = inputs @ kernel + bias
    outputs = np.full((len(inputs), units), -np.inf)
    for piece in range(num_pieces):
        for unit in range(units):
            column = columns[:, piece * units + unit]
            outputs[:, unit] = np.maximum(outputs[:, unit], column)
    return outputs
