"""Join the stylesheets of static/css/src into the files that pages link.

    python tools/build_css.py           write static/css/market.css, work.css, trace.css and sheet.css
    python tools/build_css.py --check   exit 1 when a written file is not what the sources give

market.css is on every page but the one behind a code; work.css comes after it at desk and review, so
that who only buys does not load it. trace.css is for the page behind a code: the parts of the other
sources that stand between `@trace` and `@end` comments, then trace.css. sheet.css comes last on a page that
shows a printed paper, and after trace.css in its PDF. Comments and blanks go, one
rule stays on one line; nothing else is changed but the depth of `url(../../…)`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
MARKET = ("tokens", "base", "components", "shop", "print")
WORK = ("desk", "review")
SHARED = re.compile(r"/\* @trace \*/(.*?)/\* @end \*/", re.S)


def source(name: str) -> str:
    return (CSS / "src" / f"{name}.css").read_text(encoding="utf-8")


def squeeze(css: str) -> str:
    """The same rules without comments and blanks that say nothing, one rule a line."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S).replace('url("../../', 'url("../')
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};>]) ?", r"\1", css)
    css = re.sub(r"([:,]) ", r"\1", css).replace(";}", "}")
    return css.replace("}", "}\n").replace("}\n}", "}}").strip() + "\n"


def built() -> dict[Path, str]:
    """What each linked file must hold."""
    shared = "\n".join(part for name in MARKET for part in SHARED.findall(source(name)))
    return {
        CSS / "market.css": squeeze("\n".join(map(source, MARKET))),
        CSS / "work.css": squeeze("\n".join(map(source, WORK))),
        CSS / "trace.css": squeeze(shared + source("trace")),
        CSS / "sheet.css": squeeze(source("sheet")),
    }


def main() -> int:
    files = built()
    if "--check" in sys.argv[1:]:
        stale = [p.name for p, css in files.items() if not p.exists() or p.read_text(encoding="utf-8") != css]
        for name in stale:
            print(f"static/css/{name} is stale: run python tools/build_css.py", file=sys.stderr)
        return 1 if stale else 0
    for path, css in files.items():
        path.write_text(css, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
