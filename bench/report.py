"""Tables of a run, for the terminal and for docs/performance.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from string import Template

from .client import Figures

HERE = Path(__file__).resolve().parent
BUSY = 0.7  # load from which a run says that it was not alone
# Page → the least part of the own-stack empty view (trace: of the bare view) it must reach.
BARS = {
    "home": 0.10,
    "list": 0.10,
    "category": 0.10,
    "search": 0.08,
    "product": 0.12,
    "stall": 0.10,
    "trace": 0.30,
    "basket": 0.08,
}
OWN_OF_BARE = 0.6
TIMES_OSCAR = 3
PLACING = 1.5
PLACING_TOGETHER = 0.8
LARGE = 1.5
SCAN_OF_OWN = 0.6
SPREAD = 5
SCANS = 500  # a second
WHAT = {
    "home": "the front page",
    "list": "all goods, pages 1–40, the first ones most",
    "narrowed": "all goods, narrowed by province, stars, price, stock, season, or sorted",
    "category": "every kind of goods, pages 1–3",
    "search": "names of goods, one to four words, a third without marks",
    "mistyped": "the same with a letter typed twice",
    "product": "products, the second most wanted half as often as the first, the tenth a tenth as often",
    "stall": "each stall",
    "trace": "codes of the 1,000 newest lots, some more wanted than others in the same way",
    "scan": "the same for the 50 lots of a fair, whose pages every process soon knows",
    "packet": "the same for 250 packets with codes of their own: the device is told apart, and the alarm reads it",
    "basket": "POST, another visitor with a session and another product each time",
    "purchase": "product, basket, address, payment, review, done: the whole of a guest's purchase",
}


@dataclass
class Placed:
    """What ``placing.py`` measured of one shop: ms of a purchase alone, purchases a second by eight clients at once,
    and of goods that ran out: how many purchases were placed and refused, how many units were sold that are not there.
    """

    ms: float
    rate: float
    refused: int
    scarce_placed: int
    scarce_refused: int
    oversold: int


@dataclass
class Scanned:
    """What became of scans that came at a fixed rate while the drain was killed once: how many were answered, how many
    rows and counts they left."""

    wanted: int  # a second
    seconds: float
    figures: Figures
    rows: int
    counted: int

    @property
    def lost(self) -> int:
        """Answered scans without a row or not counted, and those written twice; 0 is right."""
        return max(abs(self.figures.answers - self.rows), abs(self.figures.answers - self.counted))


@dataclass
class Measured:
    """Everything a run found out."""

    goods: int
    large: int
    seconds: float
    rounds: int
    clients: int
    gzip: bool
    client: str
    at: str = field(default_factory=lambda: dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"))
    took: float = 0
    machine: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, str] = field(default_factory=dict)
    # Floor → its figures in the order of the run: the first at the beginning, the last at the end.
    floors: dict[str, list[Figures]] = field(default_factory=dict)
    pages: dict[str, dict[str, Figures]] = field(default_factory=dict)  # site → page → figures
    sizes: dict[str, dict[str, int]] = field(default_factory=dict)
    letters: str = ""
    placing: dict[str, list[Placed]] = field(default_factory=dict)  # site → a round each
    scanned: Scanned | None = None
    wrong: list[str] = field(default_factory=list)  # what did not answer as it should
    load: float = field(default_factory=lambda: os.getloadavg()[0])  # what else ran when it began


def machine(postgres: str) -> dict[str, str]:
    """What the figures were measured on."""
    model = ""
    if (info := Path("/proc/cpuinfo")).exists() and (
        found := re.search(r"^model name\s*: (.+)$", info.read_text(), re.M)
    ):
        model = f" × {found[1].strip()}"
    redis = shutil.which("redis-server") or shutil.which("valkey-server")
    told = subprocess.run([redis, "--version"], capture_output=True, text=True).stdout if redis else ""
    found = re.search(r"v=(\S+)", told)
    return {
        "cores": f"{len(os.sched_getaffinity(0))}{model}",
        "Python": platform.python_version(),
        "Django": version("django"),
        "django-oscar": version("django-oscar"),
        "gunicorn": version("gunicorn"),
        "PostgreSQL": postgres.split()[0],
        "Redis": found[1] if found else "",
    }


def _floor_of(page: str) -> str:
    return "bare" if page == "trace" else "own"


class _Reading:
    """Ratios of one run."""

    def __init__(self, measured: Measured) -> None:
        self.measured = measured
        self.floor = {
            name: statistics.mean(figures.rate for figures in rounds)
            for name, rounds in measured.floors.items()
        }

    def rate(self, site: str, page: str) -> float | None:
        figures = self.measured.pages.get(site, {}).get(page)
        return figures.rate if figures else None

    def ratio(self, site: str, page: str) -> float | None:
        """The page as a part of its floor: the bare view for the trace page, our empty view for the others."""
        rate, floor = self.rate(site, page), self.floor.get(_floor_of(page))
        return rate / floor if rate and floor and page != "purchase" else None

    def by_cpu(self, site: str, page: str) -> float | None:
        """The same by processor time, PostgreSQL's included."""
        figures, floors = self.measured.pages[site].get(page), self.measured.floors.get(_floor_of(page))
        if not figures or not floors or not figures.cpu_web or page == "purchase":
            return None
        return statistics.mean(floor.cpu_web for floor in floors) / (figures.cpu_web + figures.cpu_db)

    def verdicts(self) -> Iterator[tuple[str, str, str, bool | None]]:
        """(what, bar, measured, whether it holds; None when it was not measured)."""
        own, bare = self.floor.get("own"), self.floor.get("bare")
        share = own / bare if own and bare else None
        yield (
            "own-stack empty view / bare view",
            f"≥ {OWN_OF_BARE}",
            *_held(share, share and share >= OWN_OF_BARE),
        )
        for page, bar in BARS.items():
            ratio = self.ratio("ours", page)
            floor = "bare view" if page == "trace" else "empty view"
            yield f"{page} / {floor}", f"≥ {bar:.2f}", *_held(ratio, ratio and ratio >= bar)
        yield from self._scanning()
        ours, oscar = self.rate("ours", "purchase"), self.rate("oscar", "purchase")
        times = ours / oscar if ours and oscar else None
        yield (
            "guest purchases / stock Oscar's",
            f"≥ {TIMES_OSCAR} ×",
            *_held(times, times and times >= TIMES_OSCAR),
        )
        yield from self._placing()
        slower = {page: times for page, times in self.slower().items() if page in BARS or page == "purchase"}
        worst = max(slower, key=slower.__getitem__, default=None)
        name = f"slower with {self.measured.large:,} products" + (f" (worst: {worst})" if worst else "")
        yield name, f"≤ {LARGE} ×", *_held(worst and slower[worst], worst and slower[worst] <= LARGE)

    def _scanning(self) -> Iterator[tuple[str, str, str, bool | None]]:
        """The page behind a code against the empty view of the same server, and scans that come at a fixed rate."""
        for name in ("scan", "packet"):
            page, own = self.measured.pages.get("ours", {}).get(name), self.floor.get("own")
            share = page.rate / own if page and own else None
            yield (
                f"{name} / empty view of the same server",
                f"≥ {SCAN_OF_OWN}",
                *_held(share, share and share >= SCAN_OF_OWN),
            )
            spread = page.p99 / page.p50 if page else None
            yield f"{name}, p99 / its median", f"< {SPREAD} ×", *_held(spread, spread and spread < SPREAD)
        told = self.measured.scanned
        name = f"scans a second for {told.seconds:g} s" if told else "scans a second"
        rate = told.figures.rate if told else None
        yield name, f"≥ {SCANS}", *_held(rate, told and rate and rate >= SCANS * 0.99)
        yield (
            "scans lost or doubled, the drain killed once",
            "0",
            str(told.lost) if told else "–",
            told.lost == 0 if told else None,
        )

    def _placing(self) -> Iterator[tuple[str, str, str, bool | None]]:
        """Three cooperatives' lines by the service itself, against stock Oscar's."""
        ours, oscar = self.measured.placing.get("ours"), self.measured.placing.get("oscar")
        alone = together = None
        if ours and oscar:
            alone = _mean(ours, "ms") / _mean(oscar, "ms")
            together = _mean(ours, "rate") / _mean(oscar, "rate")
        yield (
            "placing from three stalls / stock Oscar's service",
            f"≤ {PLACING} ×",
            *_held(alone, alone and alone <= PLACING),
        )
        yield (
            "the same by eight clients at once",
            f"≥ {PLACING_TOGETHER} ×",
            *_held(together, together and together >= PLACING_TOGETHER),
        )
        sold = sum(one.oversold for one in ours) if ours else None
        yield (
            "units oversold by eight clients",
            "0",
            "–" if sold is None else str(sold),
            sold == 0 if ours else None,
        )

    def slower(self) -> dict[str, float]:
        """Page → how many times slower it is in the large market."""
        large, ours = self.measured.pages.get("large", {}), self.measured.pages.get("ours", {})
        return {page: ours[page].rate / large[page].rate for page in large if page in ours}


def _mean(rounds: list[Placed], name: str) -> float:
    return statistics.mean(getattr(one, name) for one in rounds)


def _held(value: float | None, holds: bool | None) -> tuple[str, bool | None]:
    if value is None:
        return "–", None
    return f"{value:.3f}" if value < 1 else f"{value:.2f}", bool(holds)


def _table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table that reads well in a terminal, too: first column left, the others right."""
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]

    def line(cells: list[str]) -> str:
        told = [
            cells[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)),
        ]
        return f"| {' | '.join(told)} |"

    rule = "|".join(["", "-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:]), ""])
    return "\n".join([line(head), rule, *(line(row) for row in rows)])


def _cpu(figures: Figures) -> str:
    return f"{figures.cpu_web:.1f} + {figures.cpu_db:.1f}" if figures.cpu_web else "–"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _bars(reading: _Reading) -> str:
    words = {True: "holds", False: "DOES NOT HOLD", None: "not measured"}
    return _table(
        ["bar", "wanted", "measured", ""],
        [[what, bar, value, words[holds]] for what, bar, value, holds in reading.verdicts()],
    )


def _floors(reading: _Reading) -> str:
    rows = []
    for name, rounds in reading.measured.floors.items():
        drift = f"{(rounds[-1].rate / rounds[0].rate - 1) * 100:+.0f} %"
        rows.append(
            [
                name,
                f"{rounds[0].rate:.0f}",
                f"{rounds[-1].rate:.0f}",
                drift,
                f"{rounds[0].p99:.1f}",
                _cpu(rounds[0]),
            ]
        )
    return _table(["empty view", "req/s at the beginning", "at the end", "drift", "p99 ms", "CPU ms"], rows)


def _pages(reading: _Reading) -> str:
    """A row for each page: ours, beside it stock Oscar and the large market where they were measured."""
    measured, slower = reading.measured, reading.slower()
    sites = [site for site in ("ours", "oscar", "large") if measured.pages.get(site)]
    names = {"ours": "ours", "oscar": "Oscar", "large": f"{measured.large:,}"}
    pages = list(dict.fromkeys(page for site in sites for page in measured.pages[site]))
    head, rows = ["page"], [[page] for page in pages]
    for site in sites:
        head += [f"{names[site]} /s", "p50 ms", "p99 ms", "CPU ms"]
        head += ["slower"] if site == "large" else ["ratio", "by CPU"]
        for page, row in zip(pages, rows, strict=True):
            figures = measured.pages[site].get(page)
            row += _four(figures)
            if site == "large":
                row.append(f"{slower[page]:.2f} ×" if page in slower else "–")
            else:
                row += [_ratio(reading.ratio(site, page)), _ratio(reading.by_cpu(site, page))]
        if site == "oscar" and "ours" in sites:
            head.append("ours ÷ Oscar")
            for page, row in zip(pages, rows, strict=True):
                ours, oscar = reading.rate("ours", page), reading.rate("oscar", page)
                row.append(f"{ours / oscar:.1f} ×" if ours and oscar else "–")
    return _table(head, rows) if rows else ""


def _four(figures: Figures | None) -> list[str]:
    if figures is None:
        return ["–"] * 4
    return [f"{figures.rate:.1f}", f"{figures.p50:.1f}", f"{figures.p99:.1f}", _cpu(figures)]


def _placed(reading: _Reading) -> str:
    rows = []
    for site, rounds in reading.measured.placing.items():
        rows.append(
            [
                {"ours": "ours", "oscar": "stock Oscar"}[site],
                f"{_mean(rounds, 'ms'):.1f}",
                f"{_mean(rounds, 'rate'):.1f}",
                str(sum(one.scarce_placed for one in rounds)),
                str(sum(one.scarce_refused for one in rounds)),
                str(sum(one.oversold for one in rounds)),
            ]
        )
    head = [
        "placing",
        "ms alone",
        "purchases/s by eight",
        "of scarce goods: placed",
        "refused",
        "units oversold",
    ]
    return _table(head, rows) if rows else ""


def tables(measured: Measured) -> str:
    """All figures, for the terminal."""
    reading = _Reading(measured)
    parts = [
        _floors(reading),
        _pages(reading),
        _placed(reading),
        _bars(reading),
        f"{measured.took:.0f} s in all.",
    ]
    return "\n\n".join(part for part in parts if part)


def document(measured: Measured) -> str:
    """docs/performance.md, whole."""
    reading = _Reading(measured)
    verdicts = list(reading.verdicts())
    failing = [what for what, _bar, _value, holds in verdicts if holds is False]
    left_out = [what for what, _bar, _value, holds in verdicts if holds is None]
    verdict = f"Not every bar holds: {', '.join(failing)}." if failing else "Every bar holds."
    if left_out:
        verdict += f" Not measured in this run: {', '.join(left_out)}."
    machine, load = dict(measured.machine), measured.load
    text = Template((HERE / "performance.template.md").read_text(encoding="utf-8")).substitute(
        verdict=verdict,
        bars=_bars(reading),
        floors=_floors(reading),
        load=f"**The machine was busy when this run began**, load {load:.1f}." if load >= BUSY else "",
        pages=_pages(reading),
        placed=_placed(reading),
        what="\n".join(f"- **{page}**: {WHAT[page]}" for page in measured.pages.get("ours", {})),
        clients=measured.clients,
        sizes=_sizes(measured, "ours"),
        oscar_sizes=_sizes(measured, "oscar"),
        at=measured.at,
        minutes=round(measured.took / 60),
        cores=machine.pop("cores", "?"),
        versions=", ".join(f"{name} {number}" for name, number in machine.items()),
        client=measured.client,
        rounds=f"{measured.rounds} rounds" if measured.rounds > 1 else "one round",
        seconds=f"{measured.seconds:g}",
        small=measured.amounts.get("ours", "–"),
        large=measured.amounts.get("large", "–"),
        compressed="compressed" if measured.gzip else "not compressed",
        letters=measured.letters or "–",
        notes=(HERE / "notes.md").read_text(encoding="utf-8").strip(),
    )
    return text.rstrip() + "\n"


def _sizes(measured: Measured, site: str) -> str:
    sizes = measured.sizes.get(site, {})
    return ", ".join(f"{page} {size / 1000:.1f}" for page, size in sizes.items() if page != "basket") or "–"
