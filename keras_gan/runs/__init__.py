"""One run of training on disk: its folder, its data, what it left, how it is judged."""

from typing import TYPE_CHECKING

from keras_gan._lazy import lazy_attributes
from keras_gan.runs.directory import RunDirectory, SavedFile, run_at

if TYPE_CHECKING:
    from keras_gan._environment import record_environment
    from keras_gan._files import replacing, write_json
    from keras_gan.runs.data import DataSource, check_begins, check_data, described
    from keras_gan.runs.monitor import monitor_of, network_of_run
    from keras_gan.runs.pictures import draw_pictures
    from keras_gan.runs.ray_engine import train_with_ray
    from keras_gan.runs.ray_scoring import moments_with_ray
    from keras_gan.runs.report.callback import RunReport
    from keras_gan.runs.report.page import write_report
    from keras_gan.runs.resumable import fit_to, load_or_build
    from keras_gan.runs.run import Run, build_game, check_rules, load_model, load_run

_MODULES = {
    "DataSource": "data",
    "Run": "run",
    "RunReport": "report.callback",
    "build_game": "run",
    "check_begins": "data",
    "check_data": "data",
    "check_rules": "run",
    "described": "data",
    "draw_pictures": "pictures",
    "fit_to": "resumable",
    "load_model": "run",
    "load_or_build": "resumable",
    "load_run": "run",
    "moments_with_ray": "ray_scoring",
    "monitor_of": "monitor",
    "network_of_run": "monitor",
    "train_with_ray": "ray_engine",
    "write_report": "report.page",
}

# What a script needs that keeps a record of its own.
_OF_ANY_RECORD = {
    "record_environment": "_environment",
    "replacing": "_files",
    "write_json": "_files",
}

__all__ = [
    "DataSource",
    "Run",
    "RunDirectory",
    "RunReport",
    "SavedFile",
    "build_game",
    "check_begins",
    "check_data",
    "check_rules",
    "described",
    "draw_pictures",
    "fit_to",
    "load_model",
    "load_or_build",
    "load_run",
    "moments_with_ray",
    "monitor_of",
    "network_of_run",
    "record_environment",
    "replacing",
    "run_at",
    "train_with_ray",
    "write_json",
    "write_report",
]

if not TYPE_CHECKING:
    # A folder without a run is told of without loading TensorFlow.
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {name: f"{__name__}.{module}" for name, module in _MODULES.items()}
        | {name: f"keras_gan.{module}" for name, module in _OF_ANY_RECORD.items()},
    )
