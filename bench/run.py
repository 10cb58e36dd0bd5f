"""Measure every site in one run: python bench/run.py [--quick] [--only …] [--pages …]; see bench/README.md.

Starts a private PostgreSQL and Redis, fills them, then serves one site after another with two sync workers of gunicorn:
the bare view, ours (empty view), stock Oscar, ours, ours with ten times the goods, ours (empty view), the bare view.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import services  # noqa: E402
import translations  # noqa: E402

from bench import client, report, scanning  # noqa: E402
from bench.asks import OSCAR, OURS  # noqa: E402
from bench.client import Figures  # noqa: E402
from bench.report import SCANS, Measured, Placed, Scanned  # noqa: E402

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name ="
PARTS = ("bare", "own", "oscar", "ours", "large", "placing", "scans")


def say(text: str) -> None:
    print(text, flush=True)


def cpu_seconds(pids: list[int]) -> dict[int, float]:
    """The processor time each of these processes has used; empty where there is no /proc."""
    used = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            used[pid] = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return used


def children_of(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@dataclass
class Site:
    """A site that is being served."""

    port: int
    workers: Callable[[], list[int]]
    backends: Callable[[], list[int]]

    def watched(self, measure: Callable[[], Figures]) -> Figures:
        """Measure, and note the processor time it took."""
        before = cpu_seconds(self.workers()), cpu_seconds(self.backends())
        figures = measure()
        after = cpu_seconds(self.workers()), cpu_seconds(self.backends())
        took = [
            sum(now - then.get(pid, 0) for pid, now in used.items()) * 1000 / figures.answers
            for then, used in zip(before, after, strict=True)
        ]
        return replace(figures, cpu_web=took[0], cpu_db=took[1])


class Bench:
    def __init__(self, options: argparse.Namespace, folder: Path, database: str, broker: str) -> None:
        self.options, self.folder = options, folder
        self.database = database
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "EMBEDDED": "no",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "BROKER_URL": broker,
            "CACHE_URL": f"{broker.rpartition('/')[0]}/1",
            "EMAIL_URL": "dummymail://",
            "LOG_LEVEL": "WARNING",
            "MARKET_URL": "http://127.0.0.1",
            "DEBUG": "no",
            "HTTPS": "no",
            "VAR_DIR": str(folder / "var"),
            "OSCAR_MEDIA": str(folder / "oscar-media"),
            "DJANGO_SETTINGS_MODULE": "bench.settings_ours",
        }
        self.measured = Measured(
            options.goods, options.large, options.seconds, options.rounds, options.clients, options.gzip, client.name()
        )  # fmt: skip

    # --- databases ----------------------------------------------------------------------------------------------
    def url(self, name: str) -> str:
        return urlsplit(self.database)._replace(path=f"/{name}").geturl()

    def sql(self, name: str, statement: str) -> list[tuple]:
        """Run one statement outside of a transaction."""
        with contextlib.closing(psycopg2.connect(self.url(name))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

    def python(self, module: str, database: str, *arguments: str) -> subprocess.Popen[str]:
        environment = {**self.environment, "DATABASE_URL": self.url(database)}
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    def inside(self, database: str, *arguments: str) -> subprocess.Popen[str]:
        return self.python("bench.inside", database, *arguments)

    def done(self, *running: subprocess.Popen[str]) -> str:
        told = [process.communicate()[0] for process in running]
        if any(process.returncode for process in running):
            raise SystemExit("could not be made ready; see above")
        return "".join(told)

    def requests(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def prepare(self, parts: set[str]) -> None:
        """Tables, goods and requests of every site that is wanted; Oscar's beside ours."""
        if self.options.as_is:
            name = urlsplit(self.database).path[1:]
            self.databases = {"ours": name}
            self.done(self.inside(name, "fill", "0", "0", str(self.requests("ours"))))
            return
        self.databases = {
            "ours": "bench_ours",
            "large": "bench_large",
            "oscar": "bench_oscar",
            "": "bench_empty",
        }
        for name in self.databases.values():
            self.sql("postgres", f"DROP DATABASE IF EXISTS {name}")
        running = []
        if "oscar" in parts:
            self.sql("postgres", "CREATE DATABASE bench_oscar")
            running.append(
                self.python(
                    "bench.oscar_site.fill",
                    "bench_oscar",
                    str(self.options.goods),
                    str(self.requests("oscar")),
                )
            )
        if parts & {"own", "ours", "large"}:
            began = time.monotonic()
            self.sql("postgres", "CREATE DATABASE bench_empty")
            self.done(self.inside("bench_empty", "tables"))
            say(f"  tables of ours: {time.monotonic() - began:.0f} s")
            self.fill("ours", self.options.goods)
        self.done(*running)
        if "oscar" in parts:
            self.sql("bench_oscar", "VACUUM ANALYZE")

    def fill(self, site: str, goods: int) -> None:
        began = time.monotonic()
        self.sql("postgres", f"CREATE DATABASE {self.databases[site]} TEMPLATE bench_empty")
        stalls, folder = str(self.options.stalls), str(self.requests(site))
        self.done(self.inside(self.databases[site], "fill", str(goods), stalls, folder))
        self.sql(self.databases[site], "VACUUM ANALYZE")
        say(f"  {goods:,} goods of ours: {time.monotonic() - began:.0f} s")

    # --- serving and asking -------------------------------------------------------------------------------------
    @contextlib.contextmanager
    def site(self, application: str, database: str = "") -> Iterator[Site]:
        """Serve ``application`` on a free port until the block ends, with nothing in the cache."""
        redis.Redis.from_url(self.environment["CACHE_URL"]).flushdb()
        port = services.free_port()
        name = f"bench-{port}"
        environment = {**self.environment, "BENCH_PORT": str(port), "DATABASE_URL": self.url(database)}
        environment["PGAPPNAME"] = name
        if application != "marketplace.wsgi":
            environment.pop("DJANGO_SETTINGS_MODULE")
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "bench/gunicorn.conf.py", f"{application}:application"],
            cwd=ROOT, env=environment,
        )  # fmt: skip
        try:
            end = time.monotonic() + 60
            while time.monotonic() < end and server.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            else:
                raise SystemExit(f"{application} did not start")
            yield Site(port, lambda: children_of(server.pid), lambda: self.backends(name))
        finally:
            server.terminate()
            server.wait(30)

    def backends(self, name: str) -> list[int]:
        """The processes of PostgreSQL that answer the site of this name."""
        return [pid for (pid,) in self.sql("postgres", f"{BACKENDS} '{name}'")]

    def floor(self, name: str, application: str, database: str = "") -> None:
        """Measure the empty view of a site of its own; ``name`` is bare or own."""
        file = self.requests("floors") / "empty.tsv"
        file.write_text("GET\t/bench/empty/\t\t")
        with self.site(application, database) as site:
            client.check(site.port, file)
            figures = self.page(site, file)
        self.measured.floors.setdefault(name, []).append(figures)
        self.tell(f"empty view, {name}", figures)

    def tell(self, name: str, figures: Figures) -> None:
        say(
            f"  {name:24} {figures.rate:8.1f}/s  p50 {figures.p50:6.1f} ms  p99 {figures.p99:6.1f} ms"
            f"  CPU {figures.cpu_web:6.2f} + {figures.cpu_db:5.2f} ms"
        )

    def page(self, site: Site, file: Path) -> Figures:
        ask = {"clients": self.options.clients, "gzip": self.options.gzip}
        with contextlib.suppress(client.Silent):  # a slow page on a busy machine
            client.measure(site.port, file, seconds=self.options.warm, **ask)
        return site.watched(lambda: client.measure(site.port, file, seconds=self.options.seconds, **ask))

    def visit(self, name: str, site: Site, pages: list[str]) -> None:
        """Measure the pages of a site that runs, in ``rounds`` rounds, every other one backwards."""
        found: dict[str, list[Figures]] = {}
        wrong: set[str] = set()
        sizes = self.measured.sizes.setdefault(name, {})
        for number in range(self.options.rounds):
            for page in pages if number % 2 == 0 else pages[::-1]:
                try:
                    if page != "purchase" and not number:
                        sizes[page] = client.check(site.port, self.requests(name) / f"{page}.tsv")
                    figures = self.counted(name, site, page, number)
                except client.Wrong as why:
                    say(f"  {page:24} WRONG: {why}")
                    wrong.add(page)
                else:
                    found.setdefault(page, []).append(figures)
                    self.tell(page, figures)
        self.measured.wrong += [f"{name}: {page}" for page in pages if page in wrong]
        self.measured.pages[name] = {
            page: Figures.together(found[page]) for page in pages if page in found and page not in wrong
        }

    def counted(self, name: str, site: Site, page: str, number: int) -> Figures:
        """Measure one page; raise Wrong when answers left fewer rows than there were."""
        before = self.count(name, page)
        if page == "purchase":
            figures = self.buy(name, site, number)
        else:
            figures = self.page(site, self.requests(name) / f"{page}.tsv")
        made = self.count(name, page) - before
        # A shop that answers a refused basket with a redirect would look fast.
        if page in ("basket", "purchase") and made < figures.answers:
            raise client.Wrong(f"{figures.answers} answers left only {made} rows")
        return figures

    def count(self, site: str, page: str) -> int:
        table = {"basket": "basket_line", "purchase": "order_order"}.get(page)
        return self.sql(self.databases[site], f"SELECT count(*) FROM {table}")[0][0] if table else 0

    def buy(self, name: str, site: Site, number: int) -> Figures:
        buy = client.buy_oscar if name == "oscar" else client.buy_ours
        first = 1 + number * 100_000  # each purchase is another guest's

        def purchases(seconds: float, first: int) -> Figures:
            goods, clients = self.requests(name) / "goods.tsv", self.options.clients
            return client.purchases(site.port, goods, buy, seconds=seconds, clients=clients, first=first)

        purchases(self.options.warm, first)
        # A purchase is a dozen pages, so it gets twice the time.
        return site.watched(lambda: purchases(self.options.seconds * 2, first + 50_000))

    def placing(self) -> None:
        """Purchases by the service alone, the two shops by turns; ours and stock Oscar's must both be filled."""
        for number in range(self.options.rounds):
            for name in ("ours", "oscar") if number % 2 == 0 else ("oscar", "ours"):
                count = str(40 if self.options.quick else 120)
                told = self.done(self.python("bench.placing", self.databases[name], name, count))
                figures = Placed(**json.loads(told.splitlines()[-1]))
                self.measured.placing.setdefault(name, []).append(figures)
                say(
                    f"  {name:24} {figures.ms:6.1f} ms alone, {figures.rate:6.1f}/s by eight; of what ran out "
                    f"{figures.scarce_placed} placed, {figures.scarce_refused} refused, {figures.oversold} oversold"
                )

    def letters(self) -> None:
        """What the worker would have done meanwhile, measured behind the purchases."""
        rows, seconds = self.done(self.inside(self.databases["ours"], "letters")).split()
        if int(rows):
            self.measured.letters = f"{int(rows):,} jobs in {float(seconds):.1f} s of one worker"
            say(f"  letters of the purchases: {self.measured.letters}")

    def scans(self) -> None:
        """Scans at a fixed rate for twenty seconds (quick: four) with a drain beside them that is killed half way."""
        seconds, drains = 4 if self.options.quick else 20, [self.drain()]

        def kill() -> None:
            drains[0].kill()
            drains.append(self.drain())

        try:
            with self.site("marketplace.wsgi", self.databases["ours"]) as site:
                file = self.requests("ours") / "scan.tsv"
                with contextlib.suppress(client.Silent):  # a busy machine
                    client.measure(site.port, file, seconds=self.options.warm, clients=self.options.clients)
                before = self.all_written()
                figures = scanning.flood(site.port, file, rate=SCANS, seconds=seconds, in_the_middle=kill)
            # What the dead one held is taken by the other after a minute.
            rows, counted = (now - then for now, then in zip(self.all_written(), before, strict=True))
        finally:
            for drain in drains:
                drain.kill()
                drain.wait(10)
        self.measured.scanned = told = Scanned(SCANS, seconds, figures, rows, counted)
        self.tell("scans", figures)
        say(
            f"  {figures.answers:,} answered, {rows:,} rows, {counted:,} counted, {told.lost} lost or doubled"
        )

    def drain(self) -> subprocess.Popen[bytes]:
        environment = {**self.environment, "DATABASE_URL": self.url(self.databases["ours"])}
        return subprocess.Popen([sys.executable, "manage.py", "drain_scans"], cwd=ROOT, env=environment)

    def all_written(self) -> tuple[int, int]:
        """How many scans there are, and how many are counted, once none waits."""
        queue = redis.Redis.from_url(self.environment["BROKER_URL"])
        end = time.monotonic() + 150
        while queue.xlen("scans"):
            if time.monotonic() > end:
                raise SystemExit("the drain does not come to an end")
            time.sleep(0.2)
        told = "SELECT (SELECT count(*) FROM traceability_scan), COALESCE(sum(count), 0) FROM traceability_scanday"
        return self.sql(self.databases["ours"], told)[0]

    # --- the run --------------------------------------------------------------------------------------------------
    def run(self) -> Measured:
        began = time.monotonic()
        parts = set(self.options.only)
        wanted = [page for page in OURS if not self.options.pages or page in self.options.pages]
        say("Making the sites ready …")
        translations.compile_all()
        self.prepare(parts)
        for part in ("bare", "own"):  # at the beginning and at the end: the machine's drift shows
            if part in parts:
                say(f"── {part} ──")
                self.floor_of(part)
        if "oscar" in parts and (pages := [page for page in OSCAR if page in wanted]):
            say("── stock Oscar ──")
            with self.site("bench.oscar_site.wsgi", "bench_oscar") as site:
                self.visit("oscar", site, pages)
        for site in ("ours", "large"):
            if site in parts:
                if site == "large":
                    say("Making the large market ready …")
                    self.fill("large", self.options.large)
                say(f"── {site} ──")
                self.ours(site, wanted)
        if {"placing", "oscar", "ours"} <= parts:
            say("── placing ──")
            self.placing()
        if {"scans", "ours"} <= parts:
            say("── scans ──")
            self.scans()
        for part in ("own", "bare"):
            if part in parts:
                say(f"── {part}, again ──")
                self.floor_of(part)
        self.measured.took = time.monotonic() - began
        self.describe()
        return self.measured

    def keep(self) -> int:
        """Fill a market and leave the servers running until somebody presses Ctrl-C."""
        self.options.goods = self.options.keep
        self.prepare({"ours"})
        wanted = ("EMBEDDED", "SECRET_KEY", "BROKER_URL", "CACHE_URL", "EMAIL_URL", "VAR_DIR")
        told = {"DATABASE_URL": self.url("bench_ours"), **{name: self.environment[name] for name in wanted}}
        say("\n".join(f"export {name}={value}" for name, value in told.items()) + "\nCtrl-C ends it.")
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
        return 0

    def floor_of(self, part: str) -> None:
        self.floor(
            part, *(("bench.bare",) if part == "bare" else ("marketplace.wsgi", self.databases["ours"]))
        )

    def ours(self, site: str, pages: list[str]) -> None:
        with self.site("marketplace.wsgi", self.databases[site]) as served:
            self.visit(site, served, pages)
        if site == "ours" and "purchase" in pages:
            self.letters()

    def describe(self) -> None:
        self.measured.machine = report.machine(self.sql("postgres", "SHOW server_version")[0][0])
        for site in ("ours", "large"):
            if site in self.measured.pages:
                self.measured.amounts[site] = self.done(self.inside(self.databases[site], "amounts")).strip()


def options_of(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="1,000 goods, 2 s a page, one round, no large market"
    )
    parser.add_argument("--only", default="", help=f"some of: {','.join(PARTS)}")
    parser.add_argument("--pages", default="", help=f"some of: {','.join(OURS)}")
    parser.add_argument("--goods", type=int, help="how many goods (10,000)")
    parser.add_argument("--large", type=int, default=100_000, help="how many in the large market (100,000)")
    parser.add_argument("--stalls", type=int, default=200)
    parser.add_argument("--seconds", type=float, help="how long a page is asked in each round (4)")
    parser.add_argument("--rounds", type=int, help="rounds over all pages (2)")
    parser.add_argument("--clients", type=int, default=4, help="clients at once")
    parser.add_argument("--gzip", action="store_true", help="ask for compressed answers, as browsers do")
    parser.add_argument(
        "--as-is", action="store_true", help="measure the market in DATABASE_URL, fill nothing"
    )
    parser.add_argument(
        "--keep", type=int, metavar="GOODS", help="fill a market, print how to reach it, and wait"
    )
    parser.add_argument(
        "--write", action="store_true", help="write docs/performance.md even if parts were left out"
    )
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    options = parser.parse_args(arguments)
    options.only = [part for part in options.only.split(",") if part]
    options.pages = [page for page in options.pages.split(",") if page]
    if wrong := {*options.only} - {*PARTS} or {*options.pages} - {*OURS}:
        parser.error(f"unknown: {', '.join(wrong)}")
    options.whole = not (options.quick or options.only or options.pages or options.as_is or options.gzip)
    if options.as_is:
        options.only = [part for part in options.only or PARTS if part in ("bare", "own", "ours")]
    options.only = options.only or [part for part in PARTS if not (options.quick and part == "large")]
    options.goods = options.goods or (1_000 if options.quick else 10_000)
    options.seconds = options.seconds or (2 if options.quick else 4)
    options.rounds = options.rounds or (1 if options.quick else 2)
    options.warm = 1 if options.quick else 6
    return options


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the private servers stop, too
    options = options_of(arguments)
    with tempfile.TemporaryDirectory(prefix="market-bench-") as folder, contextlib.ExitStack() as servers:
        try:
            database = servers.enter_context(services.postgres())
            broker = servers.enter_context(services.redis())
        except services.Missing as why:
            print(why, file=sys.stderr)
            return 3
        bench = Bench(options, Path(folder), database, broker)
        if options.keep:
            return bench.keep()
        measured = bench.run()
    if options.json:
        options.json.write_text(json.dumps(asdict(measured), ensure_ascii=False, indent=1), encoding="utf-8")
    say("\n" + report.tables(measured))
    if measured.wrong:
        say(f"Wrong answers: {', '.join(measured.wrong)}. Nothing is written.")
        return 1
    if options.whole or options.write:
        (ROOT / "docs" / "performance.md").write_text(report.document(measured), encoding="utf-8")
        say("Written: docs/performance.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
