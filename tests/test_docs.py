"""What the documents say is true: commands, words, diagrams, links."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from marketplace.foundation.transitions import Moves

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import deps  # noqa: E402
import diagrams  # noqa: E402

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "tests" / "README.md",
    ROOT / "bench" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
FOLDERS = [
    *("marketplace", "cooperatives", "catalog", "traceability", "orders"),
    *("templates", "static", "tests", "tools", "bench", "docs", "locale", ".ci"),
]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def title(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", text(ROOT / "Makefile"), re.M))


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_every_make_command_of_the_documents_exists(page: Path) -> None:
    told = {
        word
        for line in re.findall(r"(?:^ {4,}|`)make ([a-z][a-z -]*)", text(page), re.M)
        for word in line.split("  ")[0].split()
    }

    assert told - targets() == set()


def test_the_readme_names_the_two_commands_and_fits_a_screen() -> None:
    readme = text(ROOT / "README.md")

    assert re.search(r"^ {4}make run\b", readme, re.M)
    assert re.search(r"^ {4}make test\b", readme, re.M)
    assert len(readme.splitlines()) <= 45


def test_every_make_target_has_a_word_of_help() -> None:
    explained = set(re.findall(r"^([a-z][a-z-]*):.*## ", text(ROOT / "Makefile"), re.M))

    assert targets() - explained == set()


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_every_link_and_path_leads_somewhere(page: Path) -> None:
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text(page))]
    dead = [link for link in links if link and "://" not in link and not (page.parent / link).exists()]
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]+)`", text(page))
    dead += [path for path in named if not (ROOT / path).exists()]

    assert dead == []


def test_every_class_of_the_glossary_exists() -> None:
    named = re.findall(
        r"`((?:marketplace|cooperatives|catalog|traceability|orders)\.[\w.]+)`",
        text(ROOT / "docs" / "glossary.md"),
    )

    assert len(named) > 30
    for dotted in named:
        import_string(dotted)


def test_every_drawing_is_as_the_code_is() -> None:
    page = text(ROOT / "docs" / "architecture.md")
    tables = {
        f"{name}.statuses.{variable}"
        for name in diagrams.FLOORS
        for variable, value in vars(importlib.import_module(f"{name}.statuses")).items()
        if isinstance(value, Moves)
    }
    imports = {f"Imports {name}" for name in ("house", *diagrams.FLOORS)}
    keys = {f"Keys {name}" for name in diagrams.FLOORS}

    assert diagrams.named(page) == tables | imports | keys
    assert diagrams.redrawn(page) == page, "make diagrams"


def test_a_drawing_shows_what_was_added_and_what_went_away() -> None:
    page = text(ROOT / "docs" / "architecture.md")
    drawn = ["    placed --> confirmed\n", "    fulfilment --> picking\n", "    Pick }o--o| Lot : lot\n"]

    for line in drawn:
        assert page.count(line) == 1
        assert diagrams.redrawn(page.replace(line, "")) == page
        assert diagrams.redrawn(page.replace(line, line.replace("p", "q") + line)) == page


def test_every_periodic_job_and_effect_stands_in_operations() -> None:
    from marketplace.celery import app
    from marketplace.foundation.outbox import EFFECTS

    page = text(ROOT / "docs" / "operations.md")
    jobs = {entry["task"].rsplit(".", 1)[-1] for entry in app.conf.beat_schedule.values()}

    assert {name for name in jobs | set(EFFECTS) if f"`{name}`" not in page} == set()


def test_every_decision_says_what_a_decision_says() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [page.name[:3] for page in pages] == [f"{number:03}" for number in range(1, len(pages) + 1)]
    for page in pages:
        headings = re.findall(r"^## (.+)$", text(page), re.M)
        assert headings == [
            "Context",
            "Decision",
            "What we gave up",
            "How we would notice that it was wrong",
        ], page.name
        assert len(text(page).splitlines()) <= 40, page.name


def test_constraints_pin_every_requirement_and_carry_no_address() -> None:
    lines = [
        line for line in text(ROOT / "constraints.txt").splitlines() if line and not line.startswith("#")
    ]
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    asked = {
        re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")
        for requirement in deps.requirements(["s3", "test", "lint"])
    }

    assert all(re.fullmatch(r"[\w.-]+==[\w.+-]+", line) for line in lines)
    assert asked - pinned == set()


def test_no_committed_text_names_a_machine_or_a_registry() -> None:
    wrong = re.compile(r"(?<![\w.])/(?:work|root)/|pypi\.org|pythonhosted|registry\.npmjs|index-url", re.I)
    kinds = {
        "",
        ".py",
        ".md",
        ".toml",
        ".txt",
        ".yml",
        ".html",
        ".js",
        ".css",
        ".json",
        ".lock",
        ".csv",
        ".po",
    }
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    files += [path for path in ROOT.iterdir() if path.is_file()]
    found = [
        title(path)
        for path in files
        if path.is_file() and path.suffix in kinds and "__pycache__" not in path.parts and path != Path(__file__)
        and wrong.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]  # fmt: skip

    assert found == []
