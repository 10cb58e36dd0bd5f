"""The services of docker-compose.yml, run by hand on this machine: nginx, web twice, worker, beat, relay, Redis twice.

Commands, health checks and environment are read out of docker-compose.yml, so there is nothing here that could differ
from it; only addresses and folders are this test's own. PostgreSQL is the one of this pass.
"""

from __future__ import annotations

import http.client
import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.test import RequestFactory
from django.utils import timezone

from catalog import pictures
from catalog.models import ProductImage
from cooperatives.models import Paper
from marketplace.accounts.models import Letter
from marketplace.views import media
from orders.models import Order, Payment, Purchase
from tests import compose, scene
from tests.conftest import needs_nginx
from tests.journeys.buyer import Placing, prepare
from tests.journeys.market import KEPT, errors_in, free_port
from tests.processes import ROOT, all_done, database_url, kill, wait_for

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OF_THE_MARKET = ("web-1", "web-2", "worker", "beat", "relay", "drain")
ENVSUBST = re.compile(r"envsubst '([^']+)' < deploy/nginx\.conf\.template")
# What the container has from nginx's image; on Debian it is /etc/nginx/nginx.conf.
NGINX = """{user} worker_processes 1; pid {folder}/nginx.pid; error_log stderr; events {{}}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/market.conf;
}}"""


class Hall:
    """The services as processes of this machine; each has a port of its own and writes into one folder."""

    def __init__(self, folder: Path, settings: Any) -> None:
        self.folder = folder
        self.services = compose.services()
        self.ports = {name: free_port() for name in ("nginx", "web-1", "web-2", "redis-queue", "redis-cache")}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        private = Paper._meta.get_field("file").storage.location
        self.files = {"MEDIA_ROOT": str(settings.MEDIA_ROOT), "PRIVATE_ROOT": str(private)}
        for part in ("var", "mail", "redis-queue", "redis-cache", "nginx"):
            (folder / part).mkdir()

    def environment(self, service: str) -> dict[str, str]:
        """What docker-compose.yml gives the service, with our addresses and folders."""
        here = {name: value for name, value in os.environ.items() if name in KEPT}
        here["PATH"] = f"{Path(sys.executable).parent}:{here['PATH']}"
        here["HOSTNAME"] = socket.gethostname()
        ours = {
            **self.files,
            "DATABASE_URL": database_url(),
            "BROKER_URL": f"redis://127.0.0.1:{self.ports['redis-queue']}/0",
            "CACHE_URL": f"redis://127.0.0.1:{self.ports['redis-cache']}/0",
            "EMAIL_URL": f"filemail:///{self.folder}/mail",
            "VAR_DIR": str(self.folder / "var"),
            "HOST": "127.0.0.1",
            "PORT": str(self.ports.get(service, 0)),
            "LISTEN": f"127.0.0.1:{self.ports['nginx']}",
            "WEB_1": f"127.0.0.1:{self.ports['web-1']}",
            "WEB_2": f"127.0.0.1:{self.ports['web-2']}",
            "PAGES": str(ROOT / "deploy" / "pages"),
            "CACHE": str(self.folder / "nginx" / "cache"),
            "ACCESS_LOG": str(self.folder / "access.log"),
            "TRUSTED_PROXY": "127.0.0.1",
        }
        told = self.services.get(service, {}).get("environment", {})
        return here | {"PYTHONUTF8": "1"} | {name: ours.get(name, value) for name, value in told.items()}

    def command(self, service: str) -> list[str]:
        command = [word.replace("/tmp/", f"{self.folder}/") for word in compose.command(service)]
        if service.startswith("redis"):
            place = ["--bind", "127.0.0.1", "--port", str(self.ports[service])]
            return [*command, *place, "--dir", str(self.folder / service)]
        return command

    def run(self, service: str, *command: str) -> str:
        """Run the service's command, or another one in its place, to its end; return what it printed."""
        done = subprocess.run(
            command or self.command(service), cwd=ROOT, env=self.environment(service), capture_output=True, text=True
        )  # fmt: skip
        assert done.returncode == 0, f"{service}: {done.stdout[-1000:]} {done.stderr[-3000:]}"
        return done.stdout

    def start(self, service: str) -> None:
        command = self.nginx() if service == "nginx" else self.command(service)
        with self.log(service).open("ab") as out:
            self.running[service] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(service),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def nginx(self) -> list[str]:
        """Write the configuration the way docs/operations.md says and return the command for it."""
        page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
        made = subprocess.run(
            ["envsubst", ENVSUBST.search(page)[1]],
            input=(ROOT / "deploy" / "nginx.conf.template").read_bytes(),
            env=self.environment("nginx"), capture_output=True, check=True,
        )  # fmt: skip
        (self.folder / "market.conf").write_bytes(made.stdout)
        user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(NGINX.format(user=user, folder=self.folder))
        return [needs_nginx(), "-p", str(self.folder), "-c", "nginx.conf", "-g", "daemon off;"]

    def log(self, service: str) -> Path:
        return self.folder / f"{service}.log"

    def is_well(self, service: str) -> bool:
        """What the service's own health check of docker-compose.yml says; that of web stands in the Dockerfile."""
        process = self.running[service]
        assert process.poll() is None, f"{service} ended: {self.log(service).read_text()[-3000:]}"
        if service.startswith("web"):
            dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
            kind, *check = [
                "CMD",
                *json.loads(re.search(r"^HEALTHCHECK .*CMD (\[.*\])$", dockerfile, re.M)[1]),
            ]
        else:
            kind, *check = self.services[service]["healthcheck"]["test"]
        if kind == "CMD-SHELL":
            check = ["sh", "-c", check[0].replace("/tmp", str(self.folder))]
        if service.startswith("redis"):
            check[1:1] = ["-p", str(self.ports[service])]
        if service == "nginx":
            check = [word.replace("127.0.0.1", f"127.0.0.1:{self.ports['nginx']}") for word in check]
        done = subprocess.run(check, cwd=ROOT, env=self.environment(service), capture_output=True)
        return done.returncode == 0

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> SimpleNamespace:
        """One request to nginx, its path sent as it is written here."""
        line = http.client.HTTPConnection("127.0.0.1", self.ports["nginx"], timeout=70)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body or None, named)
            answer = line.getresponse()
            return SimpleNamespace(status=answer.status, headers=answer.headers, body=answer.read())
        finally:
            line.close()

    def noted(self, least: int = 1, **wanted: Any) -> list[dict[str, Any]]:
        """Lines of nginx's log with these values, oldest first; waits, for a line follows its answer."""

        def found() -> list[dict[str, Any]]:
            lines = [json.loads(line) for line in (self.folder / "access.log").read_text().splitlines()]
            return [line for line in lines if wanted.items() <= line.items()]

        wait_for(lambda: len(found()) >= least, 10)
        return found()

    def stop(self, service: str) -> int:
        self.running[service].send_signal(signal.SIGTERM)
        return self.running[service].wait(30)


@pytest.fixture
def hall(tmp_path: Path, settings: Any, transactional_db: None) -> Iterator[Hall]:
    needs_nginx()
    folder = tmp_path / "hall"
    folder.mkdir()
    made = Hall(folder, settings)
    yield made
    for process in made.running.values():
        kill(process)


@pytest.fixture
def own(transactional_db: None, market: scene.Scene) -> scene.Side:
    """HTX Mường Hoa with one of everything; its letters and pictures still wait in the outbox."""
    return market.own


def test_a_guest_buys_through_the_services_run_by_hand(hall: Hall, own: scene.Side) -> None:
    unpaid = an_unpaid_order(own)
    product = own.product
    pictures.add_picture(product, scene.photo((700, 500)), live=True, by=own.director)

    for service in ("redis-queue", "redis-cache"):
        hall.start(service)
    wait_for(lambda: hall.is_well("redis-queue") and hall.is_well("redis-cache"))
    each_redis_keeps_what_it_should(hall)
    assert "No migrations to apply." in hall.run("migrate")
    hall.run("web-1", "python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    beat_was_stopped_an_hour_ago(hall)
    for service in ("web-1", "web-2", "worker", "beat", "nginx"):
        hall.start(service)
    for service in ("web-1", "web-2", "nginx", "beat"):
        wait_for(lambda service=service: hall.is_well(service))

    bought = a_guest_buys(hall, product)
    assert both_served(hall)
    wait_for(all_done)  # by the worker: the relay has not been started yet
    the_letters_left(hall, bought)
    assert hall.is_well("worker")
    wait_for(lambda: Payment.objects.get(order=unpaid).status == "expired")
    assert Order.objects.get(pk=unpaid.pk).status == "cancelled"
    hall.start("relay")
    hall.start("drain")

    health = json.loads(hall.ask("/suc-khoe/").body)
    assert {
        "ok": True,
        "database": "ok",
        "queue": "ok",
        "cache": "ok",
        "oldest_letter": 0,
    }.items() <= health.items()
    style = styles_come_from_the_cache(hall)
    pictures_come_from_the_disk(hall, product)
    papers_do_not(hall, own)
    what_is_too_heavy_is_refused_in_a_sentence(hall)
    assert [hall.ask(f"/q/{code.lower()}").status for code in (own.code, "00000000")] == [200, 404]
    secrets_stay_out_of_the_log(hall, bought)
    wait_for(lambda: hall.is_well("relay") and hall.is_well("drain"))

    kill(hall.running["web-1"])
    assert [hall.ask("/").status for _ in range(10)] == [200] * 10
    a_guest_buys(hall, product, 3)
    kill(hall.running["web-2"])
    nobody_serves(hall, style)
    whoever_walks_through_codes_is_slowed(hall)
    hall.start("web-1")
    wait_for(lambda: hall.ask("/").status == 200)
    wait_for(all_done)

    stopped = {
        name: hall.stop(name) for name in ("nginx", "web-1", *OF_THE_MARKET[2:], "redis-queue", "redis-cache")
    }
    assert set(stopped.values()) == {0}, stopped
    assert errors_in([hall.log(name) for name in OF_THE_MARKET]) == []


# --- before ---------------------------------------------------------------------------------------------------
def an_unpaid_order(own: scene.Side) -> Order:
    """An order whose time for the transfer ran out while nobody was there to end it."""
    order = own.order("waiting")
    Payment.objects.filter(order=order).update(expires_at=timezone.now() - timedelta(minutes=5))
    return order


def beat_was_stopped_an_hour_ago(hall: Hall) -> None:
    """Beat finds its own notes of an hour ago, so that what comes once a minute is due at once."""
    from celery.beat import PersistentScheduler

    from marketplace.celery import app

    notes = PersistentScheduler(app, schedule_filename=str(hall.folder / "beat"))
    for entry in notes.schedule.values():
        entry.last_run_at = entry.default_now() - timedelta(hours=1)
    notes.close()
    for file in hall.folder.glob("beat*"):
        os.utime(file, (time.time() - 3600,) * 2)
    assert list(hall.folder.glob("beat*"))


def each_redis_keeps_what_it_should(hall: Hall) -> None:
    def told(service: str) -> tuple[str, str, str]:
        with redis.Redis(port=hall.ports[service], decode_responses=True) as line:
            return tuple(line.config_get(name)[name] for name in ("maxmemory-policy", "appendonly", "save"))

    assert told("redis-queue")[:2] == ("noeviction", "yes")
    assert told("redis-cache") == ("allkeys-lru", "no", "")


# --- a purchase -----------------------------------------------------------------------------------------------
def a_guest_buys(hall: Hall, product: Any, number: int = 1) -> Placing:
    placing = prepare(hall.ports["nginx"], product.pk, product.cooperative_id, number)
    placing.confirm()
    assert placing.buyer.send(placing.seen)[0] == 200
    assert product.title in placing.buyer.page
    return placing


def both_served(hall: Hall) -> bool:
    """Each of the two web processes had a part in the purchase."""
    asked = [
        line for line in hall.noted(6) if line["path"].startswith(("/gio-hang/", "/dat-hang/", "/lan-mua/"))
    ]
    return {line["web"] for line in asked} == {f"127.0.0.1:{hall.ports[name]}" for name in ("web-1", "web-2")}


def the_letters_left(hall: Hall, bought: Placing) -> None:
    purchase = Purchase.objects.get(token=bought.seen.split("/")[2])
    (order,) = purchase.orders.all()
    for key in (f"purchase_placed:{purchase.pk}", f"order_placed:{order.pk}"):
        assert Letter.objects.get(key=key).delivered_at is not None
    mails = b"".join(file.read_bytes() for file in (hall.folder / "mail").iterdir())
    assert mails.count(b"To: khach1@example.vn") == 1


# --- files ----------------------------------------------------------------------------------------------------
def styles_come_from_the_cache(hall: Hall) -> str:
    """Brotli made once by the market, kept by nginx; the same bytes for whoever takes no brotli. Return its address."""
    page = hall.ask("/").body.decode()
    style = re.search(r'href="(/static/css/market\.[0-9a-f]+\.css)"', page)[1]
    for told, coding in (("gzip, deflate, br", "br"), ("br;q=1.0, gzip", "br"), ("gzip", "gzip"), ("", None)):
        answer = hall.ask(style, Accept_Encoding=told)
        assert (answer.status, answer.headers["Content-Encoding"]) == (200, coding)
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'
    assert b"}" in answer.body
    assert [line["cache"] for line in hall.noted(4, path=style)] == ["MISS", "HIT", "MISS", "MISS"]
    assert hall.ask("/static/css/market.css.gone").status == 404
    page = hall.ask("/", Accept_Encoding="br, gzip")
    assert page.headers["Content-Encoding"] == "gzip"  # the market's own; nginx adds none
    assert hall.ask("/", Accept_Encoding="").headers["Content-Encoding"] is None
    return style


def pictures_come_from_the_disk(hall: Hall, product: Any) -> None:
    """nginx answers with what marketplace.views.media would have said."""
    picture = ProductImage.objects.filter(product=product).last()
    (hall.folder.parent / "media" / "la.html").write_text("<script>")
    names = ("Cache-Control", "Content-Type", "Content-Disposition", "X-Content-Type-Options")
    for name in (picture.renditions["320"], picture.original.name, "la.html"):
        answer, ours = hall.ask(f"/media/{name}"), media(RequestFactory().get("/"), path=name)
        assert answer.status == 200
        assert [line["web"] for line in hall.noted(path=f"/media/{name}")] == [""]
        assert answer.body == b"".join(ours)
        assert [answer.headers[one] for one in names] == [ours[one] for one in names]
    assert hall.ask("/media/").status == hall.ask("/media/gone.webp").status == 404
    assert hall.ask("/media/la.html", "POST", b"x").status == 403
    stamp = hall.ask(f"/media/{picture.original.name}").headers["Last-Modified"]
    assert hall.ask(f"/media/{picture.original.name}", If_Modified_Since=stamp).status == 304


def papers_do_not(hall: Hall, own: scene.Side) -> None:
    name = own.paper.file.name
    paper = Path(own.paper.file.path)
    assert paper.is_relative_to(hall.files["PRIVATE_ROOT"])
    assert hall.files["PRIVATE_ROOT"] not in (hall.folder / "market.conf").read_text()
    ways = [
        "/private/",
        "/files/private/",
        "/media/../private/",
        "/media/%2e%2e/private/",
        "/media/..%2fprivate/",
    ]
    for way in [*ways, "/media../private/", "/static/../private/", "/media/private/"]:
        answer = hall.ask(way + name)
        assert answer.status in (400, 404), (way, answer.status)
        assert answer.body != paper.read_bytes()
    door = hall.ask(f"/quan-ly/{own.slug}/giay-to/{own.paper.pk}/")
    assert (door.status, door.headers["Location"].split("?")[0]) == (302, "/tai-khoan/dang-nhap/")


# --- too much -------------------------------------------------------------------------------------------------
def posted(hall: Hall, path: str, field: str, megabytes: float) -> SimpleNamespace:
    mark = "ranh-gioi"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{"k" * 32}\r\n'
    head += f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="a.jpg"\r\n'
    head += "Content-Type: image/jpeg\r\n\r\n"
    body = head.encode() + bytes(int(megabytes * 1024**2)) + f"\r\n--{mark}--\r\n".encode()
    kind = f"multipart/form-data; boundary={mark}"
    return hall.ask(path, "POST", body, Content_Type=kind, Cookie=f"csrftoken={'k' * 32}")


def what_is_too_heavy_is_refused_in_a_sentence(hall: Hall) -> None:
    little = posted(hall, "/quet/", "photo", 12.5)
    assert "Tệp nặng quá (13 MB). Nhiều nhất 12 MB." in little.body.decode()
    much = posted(hall, "/quet/", "photo", 16.5)
    assert much.status == 413
    assert "<h1>Tệp gửi lên nặng quá</h1>" in much.body.decode()
    assert [line["web"] for line in hall.noted(status=413)] == [""]  # no process of the market ever saw it
    three_papers = posted(hall, "/mo-gian-hang/", "registration", 36.5)
    assert (three_papers.status, three_papers.headers["Location"][:21]) == (302, "/tai-khoan/dang-nhap/")
    assert posted(hall, "/mo-gian-hang/", "registration", 40.5).status == 413


def secrets_stay_out_of_the_log(hall: Hall, bought: Placing) -> None:
    """Neither the buyer's secret address, nor what was searched for, nor which code was looked at."""
    hall.ask("/tim/?q=0912000004")
    assert hall.noted(path="/tim/")
    assert hall.noted(path="/lan-mua/*")
    told = (hall.folder / "access.log").read_text()
    assert bought.seen.split("/")[2] not in told
    assert "0912000004" not in told
    assert {line["path"] for line in hall.noted() if line["path"][:3].lower() == "/q/"} == {"/Q/*"}


def nobody_serves(hall: Hall, style: str) -> None:
    """Both web processes are gone: a sentence, and what nginx has by itself."""
    closed = hall.ask("/")
    assert closed.status == 502
    assert "<h1>Chợ đang nghỉ một lát</h1>" in closed.body.decode()
    assert hall.ask(style, Accept_Encoding="br").status == 200
    assert hall.is_well("nginx")


def whoever_walks_through_codes_is_slowed(hall: Hall) -> None:
    """Asked while no web process answers: how fast this machine makes pages has no part in it."""
    answers = [hall.ask(f"/Q/{n:08d}") for n in range(150)]
    assert answers[0].status == 502
    assert answers[-1].status == 429
    assert "<h1>Xin chờ một lát</h1>" in answers[-1].body.decode()
    assert hall.ask("/media/gone.webp").status == 404
