"""Make this copy of the market ready to serve: tables, demo market, translations, static files. Safe to repeat.

What is already in place is left alone, so that a second ``make run`` starts in seconds and keeps its data.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")


def collect_static() -> None:
    """Collect the static files unless none changed since the last time (a stamp lies beside them)."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    told = hashlib.sha256(f"{version('django')} {version('whitenoise')}".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            known = os.stat(storage.path(path))
            told.update(f"{path} {known.st_size} {known.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    if stamp.exists() and stamp.read_text() == told.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(told.hexdigest())


def main() -> None:
    import translations

    translations.compile_all()

    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    if not MigrationRecorder(connection).has_table():
        print("Making the tables; half a minute the first time …", flush=True)
    # A first migration builds thousands of model classes; looking for garbage among them takes a third of its time.
    gc.freeze()
    gc.set_threshold(400_000, 20, 100)
    call_command("migrate", interactive=False, verbosity=0)
    gc.set_threshold(700, 10, 10)
    call_command("seed_demo")
    collect_static()


if __name__ == "__main__":
    main()
