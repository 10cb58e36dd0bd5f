"""What the run asks of our market from inside of Django, each in a process of its own.

python -m bench.inside tables                      make the tables of an empty database
python -m bench.inside fill GOODS STALLS FOLDER    make goods (0: none) and write the requests into FOLDER
python -m bench.inside letters                     do the jobs that purchases left, as a worker would
python -m bench.inside amounts                     print how much there is
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

import django


def tables() -> None:
    from django.core.management import call_command

    # A first migration builds thousands of model classes; looking for garbage among them takes a third of its time.
    gc.freeze()
    gc.set_threshold(400_000, 20, 100)
    call_command("migrate", interactive=False, verbosity=0)


def fill(goods: str, stalls: str, folder: str) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
    import prepare

    from bench import asks, market

    prepare.collect_static()
    if int(goods):
        market.fill(int(goods), int(stalls))
    asks.ours(Path(folder))


def letters() -> None:
    from marketplace.foundation import outbox
    from marketplace.foundation.models import Outbox

    waiting = Outbox.objects.filter(state="new").count()
    began = time.monotonic()
    while outbox.drain(60):
        pass
    done = waiting - Outbox.objects.filter(state="new").count()
    print(done, f"{time.monotonic() - began:.2f}")


def amounts() -> None:
    from bench import market

    print(", ".join(f"{count:,} {name}" for name, count in market.numbers()))


if __name__ == "__main__":
    django.setup()
    {"tables": tables, "fill": fill, "letters": letters, "amounts": amounts}[sys.argv[1]](*sys.argv[2:])
