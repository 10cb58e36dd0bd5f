"""docker-compose.yml as Docker reads it: aliases followed, names from ``.env`` filled in."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<what>[^}]*))?\})")
# What docs/operations.md asks to be set.
GIVEN = {"SECRET_KEY": "of-a-test", "POSTGRES_PASSWORD": "geheim", "EMAIL_URL": "smtp://mailpit:1025"}


def services(given: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """Every service with ``given`` as its ``.env``; KeyError for a name that must be set and is not."""
    told = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return _filled(told["services"], GIVEN if given is None else given)


def command(service: str) -> list[str]:
    return shlex.split(services()[service]["command"])


def _filled(thing: Any, given: dict[str, str]) -> Any:
    if isinstance(thing, dict):
        return {key: _filled(value, given) for key, value in thing.items()}
    if isinstance(thing, list):
        return [_filled(value, given) for value in thing]
    return NAME.sub(lambda found: _value(found, given), thing) if isinstance(thing, str) else thing


def _value(found: re.Match[str], given: dict[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    value = given.get(found["name"], "")
    if not value and found["how"] == ":?":
        raise KeyError(found["name"])
    return value or (found["what"] if found["how"] == ":-" else "")
