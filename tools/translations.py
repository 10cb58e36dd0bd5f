"""Translations without gettext's programs: gather what is marked, check that all of it is translated, compile.

    python tools/translations.py extract    bring locale/*/LC_MESSAGES/django.po up to date with code and templates
    python tools/translations.py check      exit 1 for a missing, fuzzy or stale entry, or other placeholders
    python tools/translations.py compile    write the .mo files (not committed) that are older than their .po

The sources are written in Vietnamese, so ``vi`` needs no catalogue; ``en`` is complete. ``locale/vi`` holds only
what Django or allauth left in English.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
PACKAGES = ["marketplace", "cooperatives", "catalog", "traceability", "orders"]
TEMPLATES = ROOT / "templates"
HEADER = "# {name} of the market. Written by tools/translations.py; edit only the msgstr lines.\n"
PLURALS = {"en": "nplurals=2; plural=(n != 1);", "vi": "nplurals=1; plural=0;"}
NAMES = {"en": "English", "vi": "Vietnamese for what others left in English"}

# How many leading arguments are texts, and which of them is the context.
CALLS = {
    "_": (1, False),
    "N_": (1, False),
    "gettext": (1, False),
    "gettext_lazy": (1, False),
    "gettext_noop": (1, False),
    "ngettext": (2, False),
    "ngettext_lazy": (2, False),
    "pgettext": (2, True),
    "pgettext_lazy": (2, True),
    "npgettext": (3, True),
    "npgettext_lazy": (3, True),
}
PLACEHOLDER = re.compile(r"%\([^)]+\)[a-z]|%[sd]|(?<!\{)\{[a-z_][a-z0-9_.]*\}")

QUOTED = r"""(?:"[^"]*"|'[^']*')"""
TRANSLATE = re.compile(rf"trans(?:late)?\s+(?P<text>{QUOTED})(?P<rest>.*)", re.S)
BLOCK = re.compile(r"blocktrans(?:late)?(?=\s|$)(?P<rest>.*)", re.S)
CONTEXT = re.compile(rf"\bcontext\s+(?P<text>{QUOTED})")
CONSTANT = re.compile(rf"_\(({QUOTED})\)")


class Marked(NamedTuple):
    """One text marked for translation."""

    text: str
    plural: str
    context: str
    path: str


class NotConstant(Exception):
    """Something is marked for translation that no catalogue can hold; the text says where."""


def in_python(path: Path) -> Iterator[Marked]:
    """Every text marked in a Python file. Raises NotConstant for an f-string or a sum."""
    place = path.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        if name not in CALLS:
            continue
        wanted, has_context = CALLS[name]
        texts = [getattr(argument, "value", None) for argument in node.args[:wanted]]
        if len(texts) < wanted or not all(isinstance(text, str) for text in texts):
            if name in ("gettext", "pgettext", "ngettext", "_") and node.args and not _is_made(node.args[0]):
                continue  # translates a value that was marked elsewhere
            raise NotConstant(f"{place}:{node.lineno}: {name}() needs plain text")
        context = texts.pop(0) if has_context else ""
        yield Marked(texts[0], texts[1] if len(texts) > 1 else "", context, place)


def in_template(path: Path) -> Iterator[Marked]:
    """Every text marked in a template, exactly as Django will look it up (``%`` doubled)."""
    from django.template.base import Lexer, TokenType
    from django.utils.translation import trim_whitespace

    place = path.relative_to(ROOT).as_posix()
    block: tuple[str, bool] | None = None  # context, trimmed
    forms: list[list[str]] = []
    hidden = ""
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        contents = token.contents
        is_tag = token.token_type == TokenType.BLOCK
        if hidden:
            hidden = "" if is_tag and contents == f"end{hidden}" else hidden
        elif block is not None:
            context, trimmed = block
            if is_tag and contents.startswith("endblocktrans"):
                texts = ["".join(parts) for parts in forms]
                texts = [trim_whitespace(text) if trimmed else text for text in texts]
                yield Marked(texts[0], texts[1] if len(texts) > 1 else "", context, place)
                block = None
            elif is_tag and contents == "plural":
                forms.append([])
            elif is_tag:
                raise NotConstant(f"{place}:{token.lineno}: a tag inside blocktranslate")
            elif token.token_type == TokenType.VAR:
                forms[-1].append(f"%({contents})s")
            elif token.token_type == TokenType.TEXT:
                forms[-1].append(contents.replace("%", "%%"))
        elif is_tag and contents in ("comment", "verbatim"):
            hidden = contents
        elif is_tag or token.token_type == TokenType.VAR:
            for constant in CONSTANT.findall(contents):
                yield Marked(constant[1:-1].replace("%", "%%"), "", "", place)
            if is_tag and (found := TRANSLATE.fullmatch(contents)):
                yield Marked(found["text"][1:-1].replace("%", "%%"), "", _context(found["rest"]), place)
            elif is_tag and (found := BLOCK.fullmatch(contents)):
                block = _context(found["rest"]), "trimmed" in found["rest"].split()
                forms = [[]]


def marked() -> list[Marked]:
    """Every text marked in code and templates, in order of files."""
    found: list[Marked] = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"migrations", "oscar_migrations"} & set(path.parts):
                found += in_python(path)
    folders = [TEMPLATES, *(ROOT / package for package in PACKAGES)]
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.suffix in (".html", ".txt", ".svg") and "templates" in path.parts:
            found += in_template(path)
    return found


def template_catalogue() -> Catalog:
    """A catalogue of everything marked, untranslated; one form with and without plural is an error."""
    catalogue = Catalog(locale="en", charset="utf-8", fuzzy=False)
    for text, plural, context, path in marked():
        if not text.strip():
            raise NotConstant(f"{path}: an empty text is marked for translation")
        catalogue.add((text, plural) if plural else text, context=context or None, locations=[(path, None)])
    return catalogue


def files() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def language_of(path: Path) -> str:
    return path.parent.parent.name


def read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=language_of(path), abort_invalid=True)


def write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue without the dates and names that would change it each time."""
    language = language_of(path)
    out = BytesIO()
    write_po(out, catalogue, width=110, omit_header=True, sort_output=True, ignore_obsolete=True)
    head = (
        HEADER.format(name=NAMES.get(language, language))
        + 'msgid ""\nmsgstr ""\n'
        + f'"Language: {language}\\n"\n'
        + '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        + '"Content-Transfer-Encoding: 8bit\\n"\n'
        + f'"Plural-Forms: {PLURALS[language]}\\n"\n\n'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + out.getvalue().decode().strip("\n") + "\n", encoding="utf-8")


def extract() -> None:
    """Add what is new, drop what is gone, keep every translation."""
    path = LOCALE / "en" / "LC_MESSAGES" / "django.po"
    catalogue = read(path) if path.exists() else Catalog(locale="en", charset="utf-8")
    catalogue.update(template_catalogue(), no_fuzzy_matching=True)
    write(path, catalogue)
    missing = sum(1 for message in catalogue if message.id and not all(_texts(message.string)))
    print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {missing} without translation.")


def faults() -> list[str]:
    """What is wrong with the catalogues, one sentence each; empty when all is well."""
    found: list[str] = []
    wanted = {_key(message): message for message in template_catalogue() if message.id}
    for path in files():
        language, catalogue = language_of(path), read(path)
        known = {_key(message): message for message in catalogue if message.id}
        if language == "en":
            found += [f"{language}: missing: {key[0]}" for key in wanted.keys() - known.keys()]
            found += [
                f"{language}: nothing marks this any more: {key[0]}" for key in known.keys() - wanted.keys()
            ]
            for key in wanted.keys() & known.keys():
                if bool(wanted[key].pluralizable) != bool(known[key].pluralizable):
                    found.append(f"{language}: one has a plural and the other has none: {key[0]}")
        for key, message in known.items():
            strings = _texts(message.string)
            if not all(strings):
                found.append(f"{language}: not translated: {key[0]}")
            elif message.fuzzy:
                found.append(f"{language}: fuzzy: {key[0]}")
            else:
                found += [f"{language}: {fault}: {key[0]}" for fault in _placeholder_faults(message, strings)]
    return sorted(found)


def compile_all() -> list[Path]:
    """Write each .mo that is older than its .po; returns what was written."""
    written = []
    for path in files():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        out = BytesIO()
        write_mo(out, read(path))
        # A process of the market that starts meanwhile must not read half a file.
        half = target.with_suffix(".mo.new")
        half.write_bytes(out.getvalue())
        half.replace(target)
        written.append(target)
    return written


def _placeholder_faults(message, strings: list[str]) -> Iterator[str]:
    ids = _texts(message.id)
    wanted = [set(PLACEHOLDER.findall(text)) for text in ids]
    for number, string in enumerate(strings):
        has = set(PLACEHOLDER.findall(string))
        allowed = set().union(*wanted)
        # A singular may say "one" instead of its number; a plural may not.
        needed = (
            wanted[-1]
            if number or len(strings) == 1
            else wanted[0] & wanted[-1] - {"%(n)s", "%(count)s", "%d"}
        )
        if has - allowed or needed - has:
            yield f"placeholders differ ({', '.join(sorted(has ^ wanted[-1]))})"
        if _edges(ids[0]) != _edges(string):
            yield "a line end at the start or end differs"


def _edges(text: str) -> tuple[bool, bool]:
    return text.startswith("\n"), text.endswith("\n")


def _texts(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [value or ""] if value is None or isinstance(value, str) else list(value)


def _key(message) -> tuple[str, str]:
    return _texts(message.id)[0], message.context or ""


def _context(rest: str) -> str:
    found = CONTEXT.search(rest)
    return found["text"][1:-1] if found else ""


def _is_made(node: ast.expr) -> bool:
    """Whether a text is put together on the spot, which no catalogue can know."""
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["extract", "check", "compile"])
    command = parser.parse_args().command
    try:
        if command == "extract":
            extract()
        elif command == "compile":
            for path in compile_all():
                print(f"{path.relative_to(ROOT)} written.")
        elif found := faults():
            print("\n".join(found))
            print(
                f"\n{len(found)} faults. `make translations` gathers new texts; then fill in the msgstr lines."
            )
            return 1
    except NotConstant as why:
        print(why, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
