"""Test vectors: our own excerpts in ``tests/data``, and the full shared ones when they are at hand."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parent


def data(name: str) -> Any:
    """The parsed JSON of ``tests/data/<name>``; always there."""
    return json.loads((TESTS / "data" / name).read_text(encoding="utf-8"))


def vectors(name: str) -> Any:
    """The parsed JSON of the shared vectors ``<name>``.

    They lie in ``$SHARED_DIR/vectors``, or else in ``shared/vectors`` beside the repository. Where they are
    absent the test is skipped with a reason; under CI it fails instead.
    """
    shared = Path(os.environ.get("SHARED_DIR") or TESTS.parent.parent / "shared")
    path = shared / "vectors" / name
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    reason = f"The shared vectors {name} are not here; set SHARED_DIR to the folder that holds vectors/."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
