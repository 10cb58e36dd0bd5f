"""``.env.example`` names what is read and nothing else; a name in it has a sentence."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READ = re.compile(r"""\benv(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]*)["']""")
WRITTEN = re.compile(r"^#?([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def read_names() -> set[str]:
    return {
        name
        for file in ("marketplace/settings.py", "gunicorn.conf.py")
        for name in READ.findall((ROOT / file).read_text(encoding="utf-8"))
    }


def example() -> str:
    return (ROOT / ".env.example").read_text(encoding="utf-8")


def test_the_example_names_exactly_what_is_read():
    assert set(WRITTEN.findall(example())) == read_names()


def test_no_name_stands_twice_in_the_example():
    names = WRITTEN.findall(example())

    assert sorted(names) == sorted(set(names))


def test_each_name_of_the_example_has_a_sentence_above_it():
    lines = example().splitlines()
    for before, line in pairwise(lines):
        if WRITTEN.match(line) and not line.startswith("#PORT="):  # HOST and PORT share one
            assert before.startswith("# "), line


def test_settings_read_the_environment_in_no_other_way():
    text = (ROOT / "marketplace/settings.py").read_text(encoding="utf-8")

    assert re.findall(r"os\.(?:getenv|environ\[|environ\.get)", text) == []


@pytest.mark.parametrize("folder", ["chợ + phiên #1?", "plain"])
def test_a_first_run_keeps_everything_in_its_own_folder(tmp_path, folder):
    printed = settings_of({"VAR_DIR": str(tmp_path / folder)})

    assert printed == [
        str(tmp_path / folder / "market.sqlite3"),
        str(tmp_path / folder / "mail"),
        "memory://localhost/",
        "True",
    ]
    assert (tmp_path / folder / "secret_key").stat().st_mode & 0o777 == 0o600


def test_an_empty_name_is_the_same_as_none(tmp_path):
    names = dict.fromkeys(read_names(), "") | {"VAR_DIR": str(tmp_path)}

    assert settings_of(names) == [
        str(tmp_path / "market.sqlite3"),
        str(tmp_path / "mail"),
        "memory://localhost/",
        "True",
    ]


def settings_of(environment: dict[str, str]) -> list[str]:
    code = (
        "from marketplace import settings as s;"
        "print(s.DATABASES['default']['NAME'], s.EMAIL_FILE_PATH, s.BROKER_URL, s.EMBEDDED, sep='\\n')"
    )
    clean = {name: value for name, value in os.environ.items() if name not in read_names()}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean | {"PYTHONUTF8": "1"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()
