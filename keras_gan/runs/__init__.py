"""One run of training on disk: its folder, its data, what it left, how it is judged."""

from typing import TYPE_CHECKING

from keras_gan._lazy import lazy_attributes
from keras_gan.runs.directory import RunDirectory

if TYPE_CHECKING:
    from keras_gan.runs.monitor import monitor_of
    from keras_gan.runs.run import (
        Run,
        build_game,
        check_data,
        check_rules,
        data_of_run,
        load_data,
        load_model,
        load_run,
        recipe_of,
    )

__all__ = [
    "Run",
    "RunDirectory",
    "build_game",
    "check_data",
    "check_rules",
    "data_of_run",
    "load_data",
    "load_model",
    "load_run",
    "monitor_of",
    "recipe_of",
]

if not TYPE_CHECKING:
    # A folder without a run is told of without loading TensorFlow.
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            name: f"{__name__}.{'monitor' if name == 'monitor_of' else 'run'}"
            for name in __all__
            if name != "RunDirectory"
        },
    )
