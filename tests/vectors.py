"""Test vectors: our own excerpts in ``tests/data``, and the full shared ones when they are at hand."""

import json
import os
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent


def data(name: str) -> Any:
    """The parsed JSON of ``tests/data/<name>``; always there."""
    return json.loads((TESTS / "data" / name).read_text(encoding="utf-8"))


def vectors(name: str) -> Any:
    """The parsed JSON of the shared vectors ``<name>``.

    The newest lie in ``$SHARED_DIR/vectors``, or else in ``shared/vectors`` beside the repository; where neither
    is, the whole copy that the project ships in ``tests/data/shared`` is used, so nothing is ever skipped.
    """
    shared = Path(os.environ.get("SHARED_DIR") or TESTS.parent.parent / "shared") / "vectors" / name
    path = shared if shared.is_file() else TESTS / "data" / "shared" / name
    return json.loads(path.read_text(encoding="utf-8"))
