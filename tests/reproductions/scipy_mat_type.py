"""A damaged MATLAB file ends the process that reads it: SciPy alone, for upstream.

    python tests/reproductions/scipy_mat_type.py

The type of an array's numbers, 9 for float64, is set to 10, which the format does not
know. SciPy's reader looks it up in a table that has nothing there, and does not look
whether it found anything. Expected: an exception. Seen with SciPy 1.17: the signal
SIGSEGV, which this script prints of a child.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import scipy.io

READ = "import sys, scipy.io; print(scipy.io.loadmat(sys.argv[1]))"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "damaged.mat")
        scipy.io.savemat(path, {"x": np.arange(6.0)})
        whole = path.read_bytes()
        tag = bytes([9, 0, 0, 0, 48, 0, 0, 0])  # six numbers of eight bytes
        path.write_bytes(whole.replace(tag, bytes([10]) + tag[1:]))
        status = subprocess.run([sys.executable, "-c", READ, path]).returncode
    print(f"SciPy {scipy.__version__}: the child ended with status {status}")


if __name__ == "__main__":
    main()
