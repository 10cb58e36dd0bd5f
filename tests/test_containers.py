"""Dockerfile, docker-compose.yml, nginx and the units of systemd: valid, and of one mind with what they run."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from docker.utils.build import exclude_paths

from tests import compose
from tests.conftest import needs_nginx

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
OURS = ("migrate", "web-1", "web-2", "worker", "beat", "relay", "drain")
UNITS = {
    "market-web@.service": "web-1",
    "market-worker.service": "worker",
    "market-beat.service": "beat",
    "market-relay.service": "relay",
    "market-drain.service": "drain",
}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program that came with our Python packages."""
    return subprocess.run(
        [Path(sys.executable).parent / name, *arguments], cwd=ROOT, capture_output=True, text=True
    )


# --- the image --------------------------------------------------------------------------------------------
def test_the_dockerfile_is_clean() -> None:
    done = tool("hadolint", "Dockerfile")

    assert (done.returncode, done.stdout) == (0, "")


def test_only_what_runs_goes_into_the_image(tmp_path: Path) -> None:
    """By Docker's own rules, over a copy's worth of what may lie about in a folder of the project."""
    runs = [
        *("marketplace/settings.py", "catalog/models.py", "cooperatives/models.py", "orders/models.py"),
        *("traceability/models.py", "templates/base.html", "static/css/market.css", "locale/en/LC_MESSAGES/django.po"),
        *("tools/alive.py", "tools/deps.py", "tools/translations.py", "marketplace/demo/logins.json"),
        *("manage.py", "gunicorn.conf.py", "pyproject.toml", "constraints.txt"),
    ]  # fmt: skip
    stays = [
        *(".env", ".env.example", ".git/config", ".venv/bin/python", "var/secret_key", "var/market.sqlite3"),
        *("tests/conftest.py", "docs/operations.md", "tools/run_tests.py", "deploy/nginx.conf.template", "Makefile"),
        *("market-2026-11-21.dump", "files-2026-11-21.tgz", "marketplace/__pycache__/settings.cpython-311.pyc"),
        *("locale/en/LC_MESSAGES/django.mo", ".ci/run", "node_modules/x/index.js", "README.md"),
    ]  # fmt: skip
    for name in runs + stays:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    patterns = [line for line in text(".dockerignore").splitlines() if line and not line.startswith("#")]
    sent = {
        name for name in exclude_paths(str(tmp_path), patterns, "Dockerfile") if (tmp_path / name).is_file()
    }

    assert sent - {"Dockerfile", ".dockerignore"} == set(runs)


def test_what_the_dockerfile_copies_and_the_market_needs_is_there() -> None:
    patterns = [line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")]
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"locale", "static", "templates"}

    assert [name for name in patterns if not (ROOT / name).exists()] == []
    assert packages - set(patterns) == set()
    assert set(re.findall(r"tools/\w+\.py", text("Dockerfile"))) == {
        p for p in patterns if p.startswith("tools/")
    }


# --- docker-compose.yml -----------------------------------------------------------------------------------
def test_the_compose_file_is_one() -> None:
    done = tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "POSTGRES_PASSWORD", "EMAIL_URL"])
def test_what_must_be_set_is_asked_for(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        compose.services({key: value for key, value in compose.GIVEN.items() if key != name})


def test_every_name_that_the_market_is_given_is_read_by_it() -> None:
    known = set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", text(".env.example"), re.M))

    for name in OURS:
        assert set(compose.services()[name]["environment"]) - known == set(), name


def test_the_market_writes_nowhere_but_into_its_files_and_is_nobody_special() -> None:
    for name in OURS:
        service = compose.services()[name]
        assert (service["read_only"], service["tmpfs"], service["cap_drop"]) == (True, ["/tmp"], ["ALL"]), (
            name
        )
        assert {volume.split(":")[1] for volume in service["volumes"]} == {
            service["environment"][folder] for folder in ("MEDIA_ROOT", "PRIVATE_ROOT")
        }
    assert re.search(r"^USER [1-9]\d*$", text("Dockerfile").split("\nFROM ")[-1], re.M)


def test_nginx_cannot_see_a_paper() -> None:
    assert [one for one in compose.services()["nginx"]["volumes"] if "private" in one] == []
    assert "private" not in text("deploy/nginx.conf.template").replace("PRIVATE_ROOT is not here", "")


def test_everything_that_stays_up_is_looked_after_and_of_a_known_version() -> None:
    for name, service in compose.services().items():
        if "profiles" in service:
            continue
        starts_again = service["restart"] == "unless-stopped"
        is_watched = "test" in service.get("healthcheck", {}) or name.startswith("web")
        assert starts_again == is_watched == (name != "migrate"), name
        if "build" not in service:
            assert re.fullmatch(r"[\w/]+:v?\d[\w.]*", service["image"]), name


def test_the_database_is_reached_from_no_other_machine() -> None:
    services = compose.services()
    open_to = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert open_to == {"nginx": ["127.0.0.1:8000:80"], "mailpit": ["127.0.0.1:8025:8025"]}


# --- nginx ------------------------------------------------------------------------------------------------
def wanted_by_the_template() -> set[str]:
    return set(re.findall(r"\$\{(\w+)\}", TEMPLATE.read_text(encoding="utf-8")))


def test_containers_and_the_walk_by_hand_fill_in_the_same_names() -> None:
    page = text("docs/operations.md")
    by_hand = re.search(r"envsubst '([^']+)' < deploy/nginx\.conf\.template", page)[1]
    exported = " ".join(re.findall(r"^ {4}export (.+)$", page, re.M))

    assert set(compose.services()["nginx"]["environment"]) == wanted_by_the_template()
    assert {name.lstrip("$") for name in by_hand.split()} == wanted_by_the_template()
    assert set(re.findall(r"(\w+)=", exported)) == wanted_by_the_template()


def test_nginx_takes_the_configuration_of_the_containers(tmp_path: Path) -> None:
    nginx = needs_nginx()
    told = compose.services()["nginx"]["environment"]
    told |= {"WEB_1": "127.0.0.1:1", "WEB_2": "127.0.0.1:2"}
    told |= {"CACHE": f"{tmp_path}/cache", "ACCESS_LOG": f"{tmp_path}/log"}
    made = subprocess.run(
        [str(shutil.which("envsubst")), " ".join(f"${{{name}}}" for name in told)],
        env=told, input=TEMPLATE.read_bytes(), capture_output=True, check=True,
    )  # fmt: skip
    (tmp_path / "market.conf").write_bytes(made.stdout)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; events {{}}\n"
        f"http {{ client_body_temp_path {tmp_path}/body; include {tmp_path}/market.conf; }}"
    )

    done = subprocess.run(
        [nginx, "-t", "-e", "stderr", "-p", str(tmp_path), "-c", "nginx.conf"], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr
    assert "${" not in made.stdout.decode()


def test_a_form_with_papers_of_the_largest_size_passes_nginx(settings) -> None:
    """One file everywhere but where somebody applies for a stall, and there as many as the form has."""
    limits = [
        int(size)
        for size in re.findall(r"client_max_body_size (\d+)m;", TEMPLATE.read_text(encoding="utf-8"))
    ]
    files: dict[str, int] = {}
    for floor in ("cooperatives", "catalog", "traceability", "orders", "marketplace.accounts"):
        for name, form in vars(import_module(f"{floor}.forms")).items():
            if isinstance(form, type) and issubclass(form, forms.BaseForm):
                count = sum(
                    isinstance(one, forms.FileField) for one in getattr(form, "base_fields", {}).values()
                )
                files |= {name: count} if count else {}

    assert {name for name, count in files.items() if count > 1} == {"ApplicationForm"}
    assert len(files) >= 5
    most = settings.UPLOAD_MAX_BYTES / 1024**2
    assert most < limits[0] < 2 * most
    assert files["ApplicationForm"] * most < limits[1] < (files["ApplicationForm"] + 1) * most


# --- by hand ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("service", OURS)
def test_the_table_of_processes_tells_the_command(service: str) -> None:
    row = re.compile(
        rf"^\| {service.split('-')[0]} \| `{re.escape(shlex.join(compose.command(service)))}`", re.M
    )

    assert row.search(text("docs/operations.md"))


@pytest.mark.parametrize(("unit", "service"), UNITS.items())
def test_a_unit_of_systemd_runs_the_command_of_the_container(unit: str, service: str) -> None:
    told = RawConfigParser(strict=True)
    told.optionxform = str  # type: ignore[assignment]
    told.read(ROOT / "deploy" / "systemd" / unit, encoding="utf-8")
    run = told["Service"]

    assert run["ExecStart"].removeprefix("/opt/cho-phien/.venv/bin/") == shlex.join(compose.command(service))
    assert (run["User"], run["ProtectSystem"], run["ReadWritePaths"]) == (
        "market",
        "strict",
        "/var/lib/cho-phien",
    )
    patience = compose.services()[service].get("stop_grace_period")
    assert patience in (None, f"{run['TimeoutStopSec']}s")


def test_no_unit_is_left_out() -> None:
    assert {path.name for path in (ROOT / "deploy" / "systemd").iterdir()} == set(UNITS)
