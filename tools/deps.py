"""Print what pyproject.toml asks for, one requirement a line, for ``pip install -r``.

    python tools/deps.py              what the market runs on
    python tools/deps.py test lint    that and the named groups or extras

Plain pip of Debian 12 knows no dependency groups, and the market itself is never installed: it runs from its folder.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def requirements(groups: list[str]) -> list[str]:
    """The runtime requirements and those of ``groups``, in order. KeyError for an unknown group."""
    told = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    named = {**told["project"].get("optional-dependencies", {}), **told.get("dependency-groups", {})}
    return [*told["project"]["dependencies"], *(line for group in groups for line in named[group])]


if __name__ == "__main__":
    print("\n".join(requirements(sys.argv[1:])))
