"""Do scores tell anomalies from normal data?"""

import dataclasses
import math

import numpy as np

from keras_gan._types import Array, FloatArray
from keras_gan.evaluation.score import Quantity, Score


@dataclasses.dataclass(frozen=True, kw_only=True)
class AnomalyDetection(Score):
    """What `anomaly_detection` counted.

    Args:
        auroc: float in [0, 1], area under the receiver operating characteristic.
        standard_error: float, of that area, over both sets.
        num_normal: int, normal data.
        num_anomalous: int, anomalies.
    """

    quantities = (Quantity("auroc", "auroc", "standard_error", "higher"),)

    auroc: float
    standard_error: float
    num_normal: int
    num_anomalous: int


def anomaly_detection(*, normal: Array, anomalous: Array) -> AnomalyDetection:
    """How often an anomaly has the higher score of a pair: the area under the ROC.

    It needs no threshold. 0.5 is chance, and below it scores are the wrong way round.
    The standard error is that of Hanley and McNeil.

        auroc = P(s(anomaly) > s(normal)) + P(s(anomaly) = s(normal)) / 2

    Args:
        normal: array `[num_normal]`, scores of normal data.
        anomalous: array `[num_anomalous]`, scores of anomalies; higher is stranger.

    Returns:
        detection: `AnomalyDetection`.

    Raises:
        ValueError: if a set is empty, no vector, or not finite.

    Example:
    >>> anomaly_detection(normal=[0.1, 0.2, 0.4], anomalous=[0.3, 0.5]).auroc
    0.8333333333333334

    References:
        Hanley and McNeil, The meaning and use of the area under a receiver operating
        characteristic (ROC) curve, Radiology 143, 1982.
    """
    import sklearn.metrics

    sets = _checked("normal", normal), _checked("anomalous", anomalous)
    num_normal, num_anomalous = map(len, sets)
    is_anomalous = np.repeat([0, 1], [num_normal, num_anomalous])
    area = float(sklearn.metrics.roc_auc_score(is_anomalous, np.concatenate(sets)))
    return AnomalyDetection(
        auroc=area,
        standard_error=_standard_error(area, num_normal, num_anomalous),
        num_normal=num_normal,
        num_anomalous=num_anomalous,
    )


def _checked(name: str, scores: Array) -> FloatArray:
    values = np.asarray(scores, "float64")
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise ValueError(
            f"`{name}` must be a vector of finite scores. Received: shape "
            f"{values.shape}, {int((~np.isfinite(values)).sum())} of them not finite"
        )
    return values


def _standard_error(area: float, num_normal: int, num_anomalous: int) -> float:
    two_anomalous, two_normal = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (
        area * (1 - area)
        + (num_anomalous - 1) * (two_anomalous - area**2)
        + (num_normal - 1) * (two_normal - area**2)
    )
    return math.sqrt(max(variance, 0.0) / (num_normal * num_anomalous))
