"""Test vectors: our own excerpts in ``tests/data``, and the full shared ones when they are at hand."""

import json
import os
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent
SHIPPED = TESTS / "data" / "shared"


def data(name: str) -> Any:
    """The parsed JSON of ``tests/data/<name>``; always there."""
    return json.loads((TESTS / "data" / name).read_text(encoding="utf-8"))


def vectors(name: str) -> Any:
    """The parsed JSON of the shared vectors ``<name>``.

    The newest lie in ``$SHARED_DIR/vectors``, or else in ``shared/vectors`` beside the repository; where neither
    is, the whole copy that the project ships in ``tests/data/shared`` is used, so nothing is ever skipped.
    """
    newest = newest_folder() / name
    path = newest if newest.is_file() else SHIPPED / name
    return json.loads(path.read_text(encoding="utf-8"))


def groups() -> dict[tuple[str, str], int]:
    """How many cases there are, by file of shared vectors and group in it; a file that is one list has the group ""."""
    found = {}
    for path in sorted(SHIPPED.glob("*.json")):
        told = vectors(path.name)
        for group, cases in {"": told}.items() if isinstance(told, list) else told.items():
            if group != "meta":
                found[path.name, group] = _many(cases)
    return found


def where_from() -> str:
    """Whether the newest vectors are at hand, in words for the report of a run."""
    return "the newest" if newest_folder().is_dir() else "the copy in tests/data/shared"


def newest_folder() -> Path:
    """Where the newest vectors lie, when they are at hand."""
    return Path(os.environ.get("SHARED_DIR") or TESTS.parent.parent / "shared") / "vectors"


def _many(cases: Any) -> int:
    """A list has as many cases as entries; a group of lists as many as they all have, single facts are one each."""
    if isinstance(cases, list):
        return len(cases)
    return sum(_many(each) for each in cases.values()) if isinstance(cases, dict) else 1
