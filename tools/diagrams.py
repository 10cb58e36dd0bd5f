"""Draw the status tables into docs/architecture.md.

    python tools/diagrams.py            write every diagram anew
    python tools/diagrams.py --check    exit 1 when one differs from its table

A diagram stands under a heading that names its table: ``### Order — `orders.statuses.ORDER_MOVES```.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
DIAGRAM = re.compile(r"(### [^\n]*`(?P<table>[\w.]+_MOVES)`\n\n```mermaid\n)(?P<drawn>.*?)(```)", re.S)


def tables_named(page: str) -> list[str]:
    """The dotted names of the tables that a page draws."""
    return [found["table"] for found in DIAGRAM.finditer(page)]


def redrawn(page: str, draw: Callable[[str], str]) -> str:
    """The page with each diagram as ``draw(table's dotted name)`` gives it."""
    return DIAGRAM.sub(lambda found: found[1] + draw(found["table"]) + "\n" + found[4], page)


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    import django
    from django.utils.module_loading import import_string

    django.setup()
    page = PAGE.read_text(encoding="utf-8")
    now = redrawn(page, lambda table: import_string(table).as_mermaid())
    if "--check" in sys.argv[1:]:
        return int(now != page)
    PAGE.write_text(now, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
