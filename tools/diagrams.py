"""Draw the code into docs/architecture.md: the status tables, who imports whom, which table points at which.

    python tools/diagrams.py            draw every diagram anew
    python tools/diagrams.py --check    exit 1 when one differs from the code

A diagram stands under a heading that names what it draws: ``### Order — `orders.statuses.ORDER_MOVES```,
``### Imports — `orders```, ``### Keys — `orders```. ``house`` is all floors together.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
DIAGRAM = re.compile(r"(### (?P<title>[^\n]*) — `(?P<name>[\w.]+)`\n\n```mermaid\n)(?P<drawn>.*?)(```)", re.S)
ROOF = "marketplace"
FLOORS = ["orders", "traceability", "catalog", "cooperatives"]
CELLAR = ["marketplace.accounts", "marketplace.places", "marketplace.foundation"]
# Django's names; every other module of a floor is a subject of the trade.
PLUMBING = {
    "admin", "apps", "forms", "management", "migrations", "models", "statuses", "tasks", "templatetags", "urls",
    "views",
}  # fmt: skip
# Keys of Oscar's that the market leaves empty or that say again what another key says.
OSCARS_ALONE = {"Order.basket", "Order.user", "Product.parent", "Line.partner", "LinePrice.order"}
SIGNATURE = "by_user"  # who did it; every row that a verb writes has one


def named(page: str) -> set[str]:
    """What a page draws: the dotted names of tables, ``Imports orders``, ``Keys orders``."""
    found = DIAGRAM.finditer(page)
    return {f"{one['title']} {one['name']}" if "." not in one["name"] else one["name"] for one in found}


def redrawn(page: str) -> str:
    """The page with each diagram as the code has it today."""

    def draw(found: re.Match[str]) -> str:
        if found["title"] == "Imports":
            lines = house() if found["name"] == "house" else modules(found["name"])
        elif found["title"] == "Keys":
            lines = keys(found["name"])
        else:
            from django.utils.module_loading import import_string

            lines = iter([import_string(found["name"]).as_mermaid()])
        return found[1] + "\n".join(lines) + "\n" + found[5]

    return DIAGRAM.sub(draw, page)


# --- who imports whom -------------------------------------------------------------------------------------
@cache
def _imports() -> list[tuple[str, str]]:
    """Every import of one module of ours by another, those for type checkers left out."""
    import grimp

    graph = grimp.build_graph(ROOF, *FLOORS, exclude_type_checking_imports=True, cache_dir=None)
    return sorted(
        (one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one)
    )


def _room(module: str) -> str:
    rooms = (room for room in (*FLOORS, *CELLAR) if f"{module}.".startswith(f"{room}."))
    return next(rooms, ROOF)


def house() -> Iterator[str]:
    """The rooms of the house; what a room takes from every room, or gives to every room, stands inside it."""
    rooms = [ROOF, *FLOORS, *CELLAR]
    edges = {(_room(one), _room(other)) for one, other in _imports()}
    edges = {(one, other) for one, other in edges if one != other}
    above = {other: {one for one, end in edges if end == other} for other in rooms}
    below = {one: {end for start, end in edges if start == one} for one in rooms}
    for_all = {room for room in rooms if above[room] == set(rooms) - {room}}
    of_all = {room for room in rooms if below[room] == set(rooms) - {room}}
    yield "flowchart TB"
    for room in rooms:
        said = "<br>imports every room" * (room in of_all) + "<br>every room imports it" * (room in for_all)
        yield f'    {_node(room)}["{room}{said}"]'
    for one in rooms:
        for other in (other for other in rooms if (one, other) in edges):
            if one not in of_all and other not in for_all:
                yield f"    {_node(one)} --> {_node(other)}"
    # Nobody is left without a line to stand on.
    for one in of_all:
        yield f"    {_node(one)} ==> {_node(rooms[rooms.index(one) + 1])}"
    for one in for_all:
        yield f"    {_node(rooms[rooms.index(one) - 1])} ==> {_node(one)}"


def modules(floor: str) -> Iterator[str]:
    """The subjects of one floor and who of them uses whom; a package counts as one module."""
    subjects = {_subject(one, floor) for pair in _imports() for one in pair} - {""}
    edges = {(_subject(one, floor), _subject(other, floor)) for one, other in _imports()}
    edges = {(one, other) for one, other in edges if one and other and one != other}
    yield "flowchart LR"
    yield from (f"    {alone}" for alone in sorted(subjects - {one for edge in edges for one in edge}))
    for one, other in sorted(edges):
        yield f"    {one} --> {other}"


def _subject(module: str, floor: str) -> str:
    """Which subject of ``floor`` a module is or belongs to; "" for plumbing and for other floors."""
    first = module.removeprefix(f"{floor}.").split(".")[0]
    return first if module.startswith(f"{floor}.") and first not in PLUMBING else ""


def _node(name: str) -> str:
    return name.replace(".", "_")


# --- which table points at which --------------------------------------------------------------------------
def keys(floor: str) -> Iterator[str]:
    """The tables of one floor and their keys; optional ones with a round end."""
    from django.apps import apps

    yield "erDiagram"
    ours = [model for model in apps.get_models() if _room(model.__module__) != ROOF]
    for model in (model for model in ours if _room(model.__module__) == floor):
        pointing = [
            f"    {_entity(model)} {'|o' if key.one_to_one else '}o'}--{'o|' if key.null else '||'}"
            f" {_entity(key.related_model)} : {key.name}"
            for key in model._meta.local_fields
            if key.related_model in ours
            and key.name != SIGNATURE
            and f"{model.__name__}.{key.name}" not in OSCARS_ALONE
        ]
        yield from pointing or [f"    {_entity(model)}"]


def _entity(model: Any) -> str:
    """The model's name as our code says it; a second model of the same name takes its app's in front."""
    module = vars(sys.modules[model.__module__])
    ours = [name for name, value in module.items() if value is model and name != model.__name__]
    if model.__name__ == "Line" and model._meta.app_label != "order":
        return f"{model._meta.app_label.capitalize()}Line"
    return ours[0] if ours else model.__name__


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    import django

    django.setup()
    page = PAGE.read_text(encoding="utf-8")
    now = redrawn(page)
    if "--check" in sys.argv[1:]:
        return int(now != page)
    PAGE.write_text(now, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
