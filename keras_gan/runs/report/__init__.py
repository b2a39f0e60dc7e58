"""One page about a run, and one about several: HTML without a request to anywhere."""

from keras_gan.runs.report.page import write_report

__all__ = ["write_report"]
