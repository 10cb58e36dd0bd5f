"""Fetch the few files taken from npm packages, or check the committed ones.

    python tools/vendor.py           fetch every package of vendor.lock and write its file again
    python tools/vendor.py --check   compare the committed files with vendor.lock; needs no network

`vendor.lock` is JSON: one entry a package with its npm name, version and the integrity hash of
its archive, what becomes of it (one `file` copied, the `worker` that a file keeps in a string, or `icons`
gathered into one sprite), the path
written under the project (`to`) and the sha512 of that file. Fetching goes through the ordinary
npm client and refuses an archive whose hash differs. After changing a version, put the new
integrity in the lock, fetch, and commit both.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "tools" / "vendor.lock"


def sri(data: bytes) -> str:
    """The hash in the form npm writes it: `sha512-` and base64."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def archive(entry: dict, folder: Path) -> tarfile.TarFile:
    """Download one package with npm into `folder`; raises SystemExit when its hash is not the locked one."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to fetch; --check works without it.")
    name = f"{entry['name']}@{entry['version']}"
    ran = subprocess.run(
        [npm, "pack", name, "--silent", "--ignore-scripts"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    packed = folder / ran.stdout.split()[-1]
    if sri(packed.read_bytes()) != entry["integrity"]:
        raise SystemExit(f"{name}: the archive is not the one in vendor.lock; nothing was written.")
    return tarfile.open(packed)


def member(packed: tarfile.TarFile, path: str) -> bytes:
    found = packed.extractfile(f"package/{path}")
    if found is None:
        raise SystemExit(f"{path} is not in the package.")
    return found.read()


def sprite(packed: tarfile.TarFile, icons: dict[str, str]) -> bytes:
    """One SVG of symbols `i-NAME`; `icons` maps our name to the package's."""
    symbols = []
    for ours, theirs in sorted(icons.items()):
        svg = member(packed, f"icons/{theirs}.svg").decode()
        body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S)
        if body is None:
            raise SystemExit(f"{theirs}.svg holds no drawing.")
        drawing = re.sub(r"\s*\n\s*", "", body[1]).replace(" />", "/>")
        symbols.append(f'<symbol id="i-{ours}" viewBox="0 0 24 24">{drawing}</symbol>')
    head = "<!-- Lucide icons, ISC licence: icons-LICENSE.txt -->\n"
    return (head + '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def worker(packed: tarfile.TarFile, path: str) -> bytes:
    """The script that a file starts from a Blob: as a file of its own it needs no leave for blob: addresses."""
    inside = re.search(r"new Blob\(\[`(.*)`\]", member(packed, path).decode(), re.S)
    if inside is None:
        raise SystemExit(f"{path} holds no worker.")
    script = re.sub(r"\\([`$\\])", r"\1", inside[1])
    return f"/*! {path}: MIT licence, qr-scanner-LICENSE.txt */\n{script.strip()}\n".encode()


def made_of(entry: dict, packed: tarfile.TarFile) -> bytes:
    if "icons" in entry:
        return sprite(packed, entry["icons"])
    return worker(packed, entry["worker"]) if "worker" in entry else member(packed, entry["file"])


def fetch(lock: list[dict]) -> None:
    for entry in lock:
        with tempfile.TemporaryDirectory() as folder, archive(entry, Path(folder)) as packed:
            made = made_of(entry, packed)
        (ROOT / entry["to"]).write_bytes(made)
        entry["sha512"] = sri(made)
        print(f"{entry['to']}: {len(made)} bytes")
    LOCK.write_text(json.dumps(lock, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def check(lock: list[dict]) -> int:
    wrong = 0
    for entry in lock:
        path = ROOT / entry["to"]
        if not path.exists() or sri(path.read_bytes()) != entry["sha512"]:
            print(f"{entry['to']} is not {entry['name']} {entry['version']} as locked.", file=sys.stderr)
            wrong += 1
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, without network")
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    if parser.parse_args().check:
        return check(lock)
    fetch(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main())
