"""Drills of the traceability floor: how long large work takes, against the limits that it must keep.

python bench/drills.py [--small] [--only codes,log,labels]    start a private PostgreSQL, fill it, print what it took

The limits are for two cores: 1,000,000 packet codes in 180 s; 1,000,000 lines of the log in 120 s, a proof among them
in 5 ms with at most 20 hashes; 1,000 labels drawn and read back in 20 s, and no more memory for 10,000 of them.
``--small`` does a hundredth of it and judges nothing. Exit code 1 when a limit was missed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

DRILLS = ("codes", "log", "labels")
MOST = 1_000_000
LABELS = 1_000

Found = tuple[str, float, float, str]
"""What was measured, how much, the most it may be, its unit."""


def a_lot() -> Any:
    from catalog.models import Product
    from marketplace.foundation.actor import Actor
    from traceability import lots

    product = Product.objects.filter(cooperative__isnull=False).order_by("pk").first()
    assert product is not None
    assert product.cooperative is not None
    return lots.open_lot(
        product.cooperative,
        product,
        made_on=dt.date(2026, 11, 5),
        by=Actor.system("drill"),
    )


def codes(share: float) -> Iterator[Found]:
    from django.db import transaction

    from traceability import codes as rules
    from traceability.models import CodeRun, TraceCode

    lot, count = a_lot(), int(MOST * share)
    began = time.perf_counter()
    with transaction.atomic():
        run = CodeRun.objects.create(lot=lot, first=0, count=count)
        rules.fill(run)
    took = time.perf_counter() - began
    assert TraceCode.objects.filter(run=run).count() == count
    yield f"{count:,} packet codes", took, 180, "s"


def log(share: float) -> Iterator[Found]:
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from bench import rows
    from marketplace.foundation.ids import new_id
    from traceability import log as book
    from traceability.models import LogEntry, TraceEvent
    from traceability.notes import Signer

    lot, count = a_lot(), int(MOST * share)
    at = timezone.now()
    told = (
        {
            "id": new_id(), "lot_id": lot.pk, "kind": "processed", "occurred_on": dt.date(2026, 11, 5),
            "recorded_at": at + dt.timedelta(microseconds=n), "place": "Xưởng sấy, xã Yến Dương",
            "quantity": "120 kg", "nonce": secrets.token_bytes(16), "by_label": "Diễn tập",
        }
        for n in range(count)
    )  # fmt: skip
    rows.write(TraceEvent, told)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself once so much has come
    already = LogEntry.objects.count()
    began = time.perf_counter()
    written = book.write_missing()
    took = time.perf_counter() - began
    assert (written, LogEntry.objects.count()) == (count, already + count)
    yield f"{count:,} lines of the log", took, 120, "s"

    Path(settings.LOG_KEY_FILE).parent.mkdir(parents=True, exist_ok=True)
    Path(settings.LOG_KEY_FILE).write_text(Signer.new("drill").skey + "\n")
    began = time.perf_counter()
    checkpoint = book.sign()
    yield "the checkpoint over them", time.perf_counter() - began, 5, "s"
    assert checkpoint is not None
    chance, times, longest = random.Random(8), [], 0
    for number in [chance.randrange(checkpoint.size) for _n in range(300)]:
        began = time.perf_counter()
        proof = book.proofs([number], checkpoint)[number]
        times.append((time.perf_counter() - began) * 1000)
        hashes = proof.split("\n\n")[0].splitlines()
        longest = max(longest, sum(len(line) == 44 for line in hashes))
    yield "a proof among them, median", statistics.median(times), 5, "ms"
    yield "hashes of the longest proof", longest, 20, ""


def labels(share: float) -> Iterator[Found]:
    """Each in a process of its own, because what a process has used at most never falls again."""
    few = int(LABELS * max(share, 0.1))
    [took, peak] = _drawn(few, 1)
    yield f"{few:,} labels drawn and read back", took, 20, "s"
    [_took, more] = _drawn(few, 10)
    yield f"memory for {10 * few:,} labels, times that for {few:,}", more / peak, 1.1, "×"


def _drawn(count: int, times: int) -> list[float]:
    child = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), "--draw", str(count), str(times)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [float(word) for word in child.stdout.split()]


def draw(count: int, times: int) -> None:
    """Draw and read back ``count`` labels ``times`` over, as the jobs of one large print do; print seconds and MiB."""
    import django

    django.setup()
    from marketplace.foundation.codes import new_code
    from traceability import labels as rules

    lot = a_lot()
    began = time.perf_counter()
    for _part in range(times):
        rules.sheet_pdf([new_code(13) for _n in range(count)], lot=lot, layout="24")
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(DRILLS))
    parser.add_argument("--draw", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.draw:
        draw(*options.draw)
        return 0
    import services

    missed = 0
    with tempfile.TemporaryDirectory(prefix="market-drills-") as folder, services.postgres() as database:
        os.environ |= {
            "DATABASE_URL": database,
            "VAR_DIR": folder,
            "DEBUG": "1",
            "EMBEDDED": "0",
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        }
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("seed_demo", verbosity=0)
        settings.DEBUG = False  # a server does not keep the statements it sends
        for drill in (codes, log, labels):
            if drill.__name__ not in options.only:
                continue
            for what, much, most, unit in drill(0.01 if options.small else 1):
                kept = much <= most
                missed += not kept
                verdict = "" if options.small else ("  kept" if kept else "  MISSED")
                print(f"{what}: {much:,.1f} {unit} (at most {most:g} {unit}){verdict}", flush=True)
    return 1 if missed and not options.small else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
