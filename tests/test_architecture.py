"""What keeps the house standing and import-linter cannot see: keys, statuses, doors, templates."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["cooperatives", "catalog", "traceability", "orders"]
CELLAR = ["marketplace/foundation", "marketplace/places", "marketplace/accounts"]
FORKS = {
    "partner": "cooperatives",
    "catalogue": "catalog",
    "order": "orders",
    "basket": "orders/basket",
    "checkout": "orders/checkout",
    "shipping": "orders/shipping",
}

# From below. Oscar's unforked tables are ranked with orders; other people's apps (rank 0) point at nothing of ours
# but the user.
RANKS = {
    "foundation": 1,
    "places": 2,
    "accounts": 3,
    "partner": 4,
    "catalogue": 5,
    "traceability": 6,
    **dict.fromkeys(("order", "basket", "checkout", "shipping"), 7),
    **dict.fromkeys(("address", "payment", "offer", "voucher", "communication", "customer"), 7),
    "marketplace": 8,
}
KEYS_THAT_POINT_UP = {
    # Oscar's own.
    "partner.StockRecord.product",
    "partner.PartnerAddress.country",
}

# Django's names, and what translates between HTTP or Oscar and a rule. Any other module is a subject of the trade.
PLUMBING = {
    "__init__", "admin", "apps", "forms", "managers", "middleware", "migrations", "models", "statuses", "tasks",
    "templatetags", "urls", "views", "management", "adapter", "access", "http", "letters_views", "checkout",
}  # fmt: skip


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources(*folders: str) -> list[Path]:
    """Our Python files, without migrations and tests."""
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if not {"migrations", "oscar_migrations"} & set(path.parts)
    )


def rule_modules() -> list[Path]:
    return [
        path
        for folder in (*CELLAR, *FLOORS)
        for path in sources(folder)
        if not PLUMBING & {path.stem, *path.relative_to(ROOT / folder).parts[:-1]}
    ]


def with_owner(node: ast.AST, owner: str = "") -> Iterator[tuple[ast.AST, str]]:
    """Every node below ``node`` with the name of the function it stands in."""
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef) else owner
        yield child, inner
        yield from with_owner(child, inner)


def called(node: ast.AST) -> str:
    """The last name of what a call or decorator calls: ``get_object_or_404`` for ``shortcuts.get_object_or_404(…)``."""
    function = node.func if isinstance(node, ast.Call) else node
    return getattr(function, "attr", "") or getattr(function, "id", "")


# --- keys -------------------------------------------------------------------------------------------------


def test_keys_point_down() -> None:
    up = {
        f"{model._meta.app_label}.{model._meta.object_name}.{field.name}"
        for model in apps.get_models()
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if model._meta.app_label in RANKS
        and field.is_relation
        and field.related_model is not None
        and RANKS.get(field.related_model._meta.app_label, 0) > RANKS[model._meta.app_label]
    }

    assert up == KEYS_THAT_POINT_UP


def test_every_app_of_ours_has_a_rank() -> None:
    ours = ("marketplace", *FLOORS)
    labels = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in ours}

    assert labels - RANKS.keys() == set()


def test_the_cellar_s_foundation_has_no_foreign_keys() -> None:
    fields = [
        field
        for model in apps.get_app_config("foundation").get_models()
        for field in model._meta.get_fields()
    ]

    assert [str(field) for field in fields if field.is_relation] == []


# --- statuses ---------------------------------------------------------------------------------------------


def status_writes(node: ast.AST) -> bool:
    """Whether ``node`` changes a stored status: by assignment, ``update(status=…)``, setattr or bulk_update."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets)
    if not isinstance(node, ast.Call):
        return False
    words = {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    listed = {
        element.value
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
        if isinstance(argument, ast.List | ast.Tuple | ast.Set)
        for element in argument.elts
        if isinstance(element, ast.Constant)
    }
    return (
        (called(node) in ("update", "aupdate") and any(keyword.arg == "status" for keyword in node.keywords))
        or (called(node) == "setattr" and "status" in words)
        or (called(node) in ("save", "asave", "bulk_update") and "status" in listed)
    )


def test_only_move_functions_assign_a_status() -> None:
    elsewhere = [
        f"{name_of(path)}:{node.lineno} in {owner or 'the module'}"
        for path in sources("marketplace", *FLOORS)
        for node, owner in with_owner(tree(path))
        if status_writes(node) and not owner.lstrip("_").startswith("move_")
    ]

    assert elsewhere == []


def test_every_status_is_moved_in_one_place() -> None:
    homes: dict[str, list[str]] = {}
    for path in sources("marketplace", *FLOORS):
        for node, _ in with_owner(tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("move_"):
                homes.setdefault(node.name, []).append(name_of(path))

    assert {name: places for name, places in homes.items() if len(places) > 1} == {}
    assert set(homes) >= {
        "move_application", "move_stall", "move_bank_account", "move_product", "move_change", "move_certificate",
        "move_lot", "move_code", "move_order", "move_payment",
    }  # fmt: skip


# --- doors ------------------------------------------------------------------------------------------------

DOORS = {"desk", "review"}
# Queries that may begin outside the door, each with its reason.
OPEN_QUERIES = {
    "cooperatives/views/desk.py:members_page": "whoever is added belongs to no cooperative yet; asked by phone",
    "cooperatives/views/review.py:paper": "of a cooperative or of an application, narrowed by both in the same line",
}


def views_behind_doors() -> list[Path]:
    """Every module of views that imports a door; ``desk.py`` and ``review.py`` must."""
    return [
        path
        for path in sources("marketplace", *FLOORS)
        if path.parent.name == "views" and (path.name in ("desk.py", "review.py") or names_of_the_door(path))
    ]


def names_of_the_door(path: Path) -> set[str]:
    """What this module calls the doors: ``desk``, ``review``, or the name one was imported under."""
    return {
        alias.asname or alias.name
        for node in tree(path).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("access")
        for alias in node.names
        if alias.name in DOORS
    }


def test_desk_and_review_views_start_at_the_door() -> None:
    without = [
        f"{name_of(path)}: {node.name}"
        for path in views_behind_doors()
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.args.args
        and node.args.args[0].arg == "request"
        and not names_of_the_door(path) & {called(decorator) for decorator in node.decorator_list}
    ]

    assert without == []
    assert len(views_behind_doors()) >= 4


def test_behind_the_door_queries_go_on_from_what_it_returned() -> None:
    """``Model.objects`` and ``get_object_or_404(Model, …)`` would find other people's rows."""
    outside = []
    for path in views_behind_doors():
        for node, owner in with_owner(tree(path)):
            manager = isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
            whole_model = (
                isinstance(node, ast.Call)
                and called(node) in ("get_object_or_404", "get_list_or_404")
                and isinstance(node.args[0], ast.Name)
                and node.args[0].id[:1].isupper()
            )
            place = f"{name_of(path)}:{owner}"
            if (manager or whole_model) and place not in OPEN_QUERIES:
                outside.append(f"{place} (line {node.lineno})")

    assert outside == []


# --- rules and plumbing -----------------------------------------------------------------------------------


def imported(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)


# Modules whose very subject is the request.
ABOUT_REQUESTS = {
    "marketplace/foundation/visitors.py",  # where a visitor comes from
    "orders/basket/baskets.py",  # the basket of a visitor
    "orders/basket/typed.py",  # what a visitor has typed
    "orders/lookups.py",  # how often a visitor may guess
}


def test_rules_know_nothing_of_http() -> None:
    """A rule module can be read, tested and run by a job without a request. Addresses may be made (letters, labels)."""
    http = ("django.http", "django.shortcuts", "django.contrib.messages", "django.views")
    wrong = [
        f"{name_of(path)}:{line} imports {module}"
        for path in rule_modules()
        if name_of(path) not in ABOUT_REQUESTS
        for module, line in imported(path)
        if module.startswith(http)
    ]

    assert wrong == []


def test_public_functions_of_rule_modules_have_a_docstring() -> None:
    silent = [
        f"{name_of(path)}: {node.name}"
        for path in rule_modules()
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]

    assert silent == []


def test_every_module_says_what_it_is() -> None:
    silent = [name_of(path) for path in rule_modules() if not ast.get_docstring(tree(path))]

    assert silent == []


def test_every_package_says_what_it_owns_and_where_to_start() -> None:
    """A room of the house (it has an ``apps.py``) names a file to start at; every file that is named is there."""
    wrong = []
    for path in sources("marketplace", *FLOORS):
        if path.name != "__init__.py" or path.parent.name in ("management", "commands"):
            continue
        told = ast.get_docstring(tree(path)) or ""
        named = re.findall(r"``([\w/]+\.py)``", told)
        if len(told) < 40:
            wrong.append(f"{name_of(path)} says next to nothing")
        if (path.parent / "apps.py").exists() and not named:
            wrong.append(f"{name_of(path)} names no file to start at")
        wrong += [f"{name_of(path)} names {name}" for name in named if not (path.parent / name).exists()]

    assert wrong == []


def test_every_rule_module_stands_in_the_contract_of_its_floor() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floor = next(contract for contract in contracts if contract["id"] == "floor")
    listed = set(re.findall(r"\w+", " ".join(floor["layers"])))
    modules = {
        path.relative_to(ROOT / folder).parts[0].removesuffix(".py")
        for folder in FLOORS
        for path in sources(folder)
        if path.relative_to(ROOT / folder).parts[0] != "__init__.py"
    }

    assert modules - listed == set()


def test_forked_models_are_imported_from_our_packages() -> None:
    forked = re.compile(rf"oscar\.apps\.({'|'.join(FORKS)})\.models")
    wrong = [
        f"{name_of(path)}:{line}"
        for path in sources("marketplace", *FLOORS, "tests")
        for module, line in imported(path)
        if (fork := forked.fullmatch(module)) and name_of(path) != f"{FORKS[fork[1]]}/models.py"
    ]

    assert wrong == []


def test_oscar_s_remaining_models_are_imported_last() -> None:
    for label in ("partner", "catalogue", "order"):
        last = tree(ROOT / FORKS[label] / "models.py").body[-1]

        assert isinstance(last, ast.ImportFrom)
        assert last.module == f"oscar.apps.{label}.models"


def test_nothing_prints() -> None:
    """What the market has to say goes to its log; commands write to their own output."""
    loud = [
        f"{name_of(path)}:{node.lineno}"
        for path in sources("marketplace", *FLOORS)
        if "commands" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    assert loud == []


# --- templates --------------------------------------------------------------------------------------------

COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.S)
TAG = re.compile(r"<[a-z][^\s>]*(?:\{%.*?%\}|\{\{.*?\}\}|\"[^\"]*\"|[^>\"])*>", re.S)
FAULTS = {
    "an inline style": re.compile(r"\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"\son[a-z]+\s*=", re.I),
    "an htmx handler, which needs eval": re.compile(r"\shx-(?:on|vals\s*=\s*[\"']js)", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "an outside host": re.compile(
        r"<(?!a[\s>])[^>]*\s(?:src|srcset|href|action|poster|data)\s*=\s*[\"'](?:https?:)?//", re.I
    ),
}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.as_posix()[-60:]
)
def test_a_template_keeps_the_content_policy(path: Path) -> None:
    """No unsafe-inline, no outside host (DESIGN 13)."""
    page = COMMENT.sub("", path.read_text(encoding="utf-8"))
    found = [name for tag in TAG.findall(page) for name, fault in FAULTS.items() if fault.search(tag)]
    if re.search(r"<style[\s>]", page):
        found.append("an inline style sheet")
    found += [
        "an inline script"
        for script in re.findall(r"<script[^>]*>", page)
        if "src=" not in script and 'type="application/json"' not in script and 'ld+json"' not in script
    ]

    assert found == []


def test_style_sheets_name_no_outside_host() -> None:
    outside = [
        f"{name_of(path)}: {address}"
        for path in (ROOT / "static").rglob("*.css")
        for address in re.findall(
            r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')]*)", path.read_text(encoding="utf-8")
        )
    ]

    assert outside == []


# --- migrations -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out)
    except (SystemExit, CommandError):
        pytest.fail(out.getvalue())
