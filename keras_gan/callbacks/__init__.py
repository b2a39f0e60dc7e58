"""What to do while a GAN learns: look, measure, steer, keep."""

from keras_gan.callbacks.classification_monitor import ClassificationMonitor
from keras_gan.callbacks.collapse_monitor import CollapseMonitor
from keras_gan.callbacks.completion_grid import CompletionGrid
from keras_gan.callbacks.evaluation_monitor import EvaluationMonitor
from keras_gan.callbacks.nan_guard import NaNGuard
from keras_gan.callbacks.optimizer_schedule import OptimizerSchedule
from keras_gan.callbacks.run_record import RunRecord
from keras_gan.callbacks.sample_grid import SampleGrid
from keras_gan.callbacks.save_best_epoch import SaveBestEpoch
from keras_gan.callbacks.save_each_epoch import SaveEachEpoch

__all__ = [
    "ClassificationMonitor",
    "CollapseMonitor",
    "CompletionGrid",
    "EvaluationMonitor",
    "NaNGuard",
    "OptimizerSchedule",
    "RunRecord",
    "SampleGrid",
    "SaveBestEpoch",
    "SaveEachEpoch",
]
__dir__ = __all__.copy
