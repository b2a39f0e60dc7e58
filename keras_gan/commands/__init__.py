"""The command line, one file a command: its arguments, and what it does.

A command has `SUMMARY`, `IF_STOPPED` (what somebody who stops it has to know),
`add_arguments(parser)` and `run(args)`. Those that need TensorFlow load it once they
know that what was asked for makes sense.
"""

COMMANDS = (
    "list",
    "copy_recipe",
    "train",
    "resume",
    "evaluate",
    "sample",
    "export",
    "report",
    "compare",
    "shard",
    "checks",
    "completion",
)
"""A module of this room each, in the order of `keras-gan --help`; `_` is `-` there."""
