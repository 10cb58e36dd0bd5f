"""Measure what somebody far from a mast feels: Lighthouse on a phone at 400 kbit/s, on a demo market of its own.

    python tools/lighthouse.py [--runs 3] [--keep FOLDER] [--port PORT] [--rtt MILLISECONDS]

Serves the market with the ordinary ``manage.py serve`` and asks for home, list, product and trace page ``--runs`` times
each; the median counts. Ends with 1 when a score is below its bar. Needs Chromium and ``tools/node.py install --all``.

The line and the phone are Lighthouse's simulation of a mobile phone (150 ms there and back, a processor four times
slower than this one's) with its line narrowed to 400 kbit/s (``LINE``); ``--rtt 300`` asks for the edge of a cell.
A real cheap phone may be slower still; the 60 KB of a first visit (``tests/journeys/test_weight.py``) leave room.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import node  # noqa: E402
import services  # noqa: E402

from tests.journeys import market as journeys  # noqa: E402
from tests.journeys import people  # noqa: E402

BARS = {"performance": 90, "accessibility": 100, "best-practices": 95, "seo": 95}
LINE = {"throughputKbps": 400, "rttMs": 150, "cpuSlowdownMultiplier": 4}
CHROMIUM = "--headless=new --no-sandbox --disable-gpu"
TIMES = {"first-contentful-paint": "FCP", "largest-contentful-paint": "LCP", "cumulative-layout-shift": "CLS"}


def measure(url: str, report: Path) -> dict[str, Any]:
    """Run Lighthouse once and return its report; a trace that Chromium began too late is taken again."""
    command = [
        *node.command("lighthouse"), url, "--quiet", "--no-enable-error-reporting", "--output=json",
        f"--output-path={report}", f"--chrome-flags={CHROMIUM}", "--form-factor=mobile",
        "--throttling-method=simulate", f"--only-categories={','.join(BARS)}", "--disable-full-page-screenshot",
        *(f"--throttling.{name}={value}" for name, value in LINE.items()),
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": str(services.chromium())}
    for _ in range(3):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode == 0:
            return json.loads(report.read_text(encoding="utf-8"))
        if "NO_NAVSTART" not in done.stderr:
            break
    raise SystemExit(f"Lighthouse ended with {done.returncode}: {done.stderr.strip()[-2000:]}")


def scores(report: dict[str, Any]) -> dict[str, int]:
    return {name: round(100 * report["categories"][name]["score"]) for name in BARS}


def short_of(report: dict[str, Any], category: str) -> list[str]:
    """The audits that cost points, the dearest first."""
    audits = report["audits"]
    lost = [
        (one["weight"] * (1 - audits[one["id"]]["score"]), one["id"])
        for one in report["categories"][category]["auditRefs"]
        if one["weight"] and audits[one["id"]]["score"] is not None and audits[one["id"]]["score"] < 0.995
    ]
    return [
        f"{name}: {audits[name]['title']} {audits[name].get('displayValue', '')}".rstrip()
        for _, name in sorted(lost, reverse=True)
    ]


def look(name: str, url: str, runs: int, folder: Path) -> bool:
    """Measure one page, print it, and say whether it holds every bar."""
    reports = [measure(url, folder / f"{name}-{run}.json") for run in range(1, runs + 1)]
    got = {bar: round(statistics.median(scores(one)[bar] for one in reports)) for bar in BARS}
    middle = sorted(reports, key=lambda one: one["categories"]["performance"]["score"])[(runs - 1) // 2]
    times = ", ".join(f"{word} {middle['audits'][audit]['displayValue']}" for audit, word in TIMES.items())
    print(f"{name:8}" + "".join(f"{got[bar]:>16}" for bar in BARS) + f"   {times}", flush=True)
    for bar, least in BARS.items():
        if got[bar] < least:
            print(f"  {bar} must be {least}:")
            print("\n".join(f"    {line}" for line in short_of(middle, bar)))
    return all(got[bar] >= least for bar, least in BARS.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--rtt", type=int, default=LINE["rttMs"])
    parser.add_argument("--keep", type=Path, help="keep the reports (JSON) in this folder")
    asked = parser.parse_args()
    LINE["rttMs"] = asked.rtt
    if not services.chromium():
        print("Chromium is needed: apt-get install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="market-lighthouse-") as made:
        folder = asked.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        print("Preparing a demo market …", flush=True)
        market = journeys.Market(journeys.prepare(Path(made) / "market"), asked.port or journeys.free_port())
        market.start()
        try:
            pages = {
                "home": "/",
                "list": "/san-pham/",
                "product": people.a_product(market),
                "trace": f"/Q/{people.a_lot_code(market)}",
            }
            told = ", ".join(f"{name} {value}" for name, value in LINE.items())
            print(f"Phone, {told}; median of {asked.runs}.")
            print(f"{'':8}" + "".join(f"{bar:>16}" for bar in BARS))
            held = [look(name, market.url + path, asked.runs, folder) for name, path in pages.items()]
        finally:
            market.stop()
    print("Every bar holds." if all(held) else "Some bars do not hold.")
    return 0 if all(held) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except node.Missing as why:
        sys.exit(str(why))
