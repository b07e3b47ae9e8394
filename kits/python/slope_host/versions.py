"""Which versions of Python and its libraries this process has loaded."""

from __future__ import annotations

import ctypes
import platform
import re
import sys


def versions() -> str:
    """One line: "Python 3.11.2, NumPy 1.24.2, OpenBLAS 0.3.21 (SkylakeX), PyTorch 1.13.1"."""
    known = [f"Python {platform.python_version()}"]
    for module, title in (("numpy", "NumPy"), ("torch", "PyTorch")):
        if module in sys.modules:
            known.append(f"{title} {sys.modules[module].__version__}")
        if module == "numpy" and "numpy" in sys.modules:
            known.append(blas_version() or "BLAS unknown")
    return ", ".join(known)


def blas_version() -> str | None:
    """The OpenBLAS that NumPy loaded; None when it is another BLAS, or unknown."""
    for path in _loaded_libraries():
        if "blas" not in path.rsplit("/", 1)[-1]:
            continue
        config = _openblas_config(path)
        # "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64"
        match = re.match(r"OpenBLAS (\S+).* (\S+) MAX_THREADS", config or "")
        if match:
            return f"OpenBLAS {match[1]} ({match[2]})"
    return None


def _loaded_libraries() -> list[str]:
    try:
        with open("/proc/self/maps", encoding="utf-8") as file:
            paths = {line.split(maxsplit=5)[5].strip() for line in file if line.count("/") > 0}
    except OSError:
        return []
    return sorted(paths)


def _openblas_config(path: str) -> str | None:
    """Wheels rename the symbols of the OpenBLAS that they bring."""
    try:
        loaded = ctypes.CDLL(path)
    except OSError:
        return None
    for name in (
        "openblas_get_config",
        "openblas_get_config64_",
        "scipy_openblas_get_config",
        "scipy_openblas_get_config64_",
    ):
        function = getattr(loaded, name, None)
        if function is not None:
            function.restype = ctypes.c_char_p
            return function().decode()
    return None
