"""Which files belong to the program: not to the kit, the standard library or an installed package."""

from __future__ import annotations

import os
import sysconfig

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

_LIBRARIES = tuple(
    os.path.abspath(path)
    for path in {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    if path
)


def is_own(file: str) -> bool:
    path = os.path.abspath(file)
    is_library = path.startswith(_LIBRARIES) or "/dist-packages/" in path or "/site-packages/" in path
    return os.path.exists(path) and not is_library and not path.startswith(HERE + os.sep)
