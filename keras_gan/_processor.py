"""What the processor can do, and what TensorFlow is told of it before it starts."""

import os
import sys
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
FEATURES = ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16")
BFLOAT16 = {"avx512_bf16", "amx_bf16"}
ONEDNN_BY_ITSELF = {"avx512_vnni", "amx_bf16"}
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"


def processor_features() -> set[str] | None:
    """Those that products of matrices are fast by; `None` where nothing says them."""
    try:
        with CPU_INFO.open(encoding="utf-8") as told:
            # The first core speaks for all: the file is long where there are many.
            flags = next((line for line in told if line.startswith("flags")), None)
    except OSError:
        return None
    return None if flags is None else set(flags.split()) & {*FEATURES}


def turn_onednn_on() -> None:
    """Lets TensorFlow use oneDNN on a processor with AVX2, unless somebody decided.

    With AVX512_VNNI or AMX TensorFlow does so by itself, and with AVX2 alone it gains
    by oneDNN, too (docs/speed.md). Nothing is done once TensorFlow is there: it is too
    late then.
    """
    if "tensorflow" in sys.modules or ONEDNN in os.environ:
        return
    features = processor_features() or set()
    if "avx2" in features and not features & ONEDNN_BY_ITSELF:
        os.environ[ONEDNN] = "1"


def tensorflow_has_onednn() -> bool:
    """Whether TensorFlow computes by oneDNN; loads TensorFlow."""
    # It has no public name for it; without this one, its usual answer.
    try:
        from tensorflow.python.util import _pywrap_util_port
    except ImportError:
        return True
    return bool(_pywrap_util_port.IsMklEnabled())
