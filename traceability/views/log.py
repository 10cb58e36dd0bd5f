"""The log in public: the files that auditors fetch, and the page that checks it in the reader's own browser."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from marketplace.foundation.codes import is_valid, normalise
from traceability import events, log, merkle, seals
from traceability.models import Checkpoint, LogEntry, Lot, TraceEvent
from traceability.statuses import EntryKind

FOREVER = "public, max-age=31536000, immutable"
OLDER_SHOWN = 10


def _newest() -> Checkpoint:
    checkpoint = log.newest()
    if checkpoint is None:
        raise Http404
    return checkpoint


# --- files (C2SP tlog-tiles) --------------------------------------------------------------------------------------
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint, or ``?size=`` an older one, as it was signed."""
    asked = request.GET.get("size", "")
    if asked:
        found = get_object_or_404(Checkpoint, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else -1)
    else:
        found = _newest()
    return _file(found.note.encode(), "public, max-age=10", "text/plain; charset=utf-8")


@require_safe
def tile(request: HttpRequest, level: int, path: str) -> HttpResponse:
    """One tile of hashes, as far as it is signed."""
    number, width = _signed_part(level, path)
    try:
        return _file(b"".join(log.tile(level, number)[:width]), FOREVER)
    except log.LogBroken:
        raise Http404 from None


@require_safe
def entries(request: HttpRequest, path: str) -> HttpResponse:
    """The lines behind one tile of level 0."""
    return _file(log.bundle(*_signed_part(0, path)), FOREVER)


def _signed_part(level: int, path: str) -> tuple[int, int]:
    found = merkle.read_tile_path(path) if level < 7 else None
    if found is None or found[1] > merkle.width_of(level, found[0], _newest().size):
        raise Http404
    return found


@require_safe
def proof(request: HttpRequest, event: UUID) -> HttpResponse:
    """The file that proves that the line of ``event`` stands in the signed log (C2SP tlog-proof)."""
    line = get_object_or_404(LogEntry, event=event, kind=EntryKind.EVENT)
    text = _proofs([line], _newest())[0].get(line.number)
    if text is None:
        raise Http404
    answer = _file(text.encode(), "public, max-age=60", "text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="so-{line.number}.tlog-proof"'
    return answer


@require_safe
def consistency(request: HttpRequest, old: int, new: int) -> HttpResponse:
    """The proof that the log of ``new`` lines continues that of ``old``: one hash a line, in base64."""
    if new > _newest().size:
        raise Http404
    try:
        path = log.consistency(old, new)
    except (log.LogBroken, merkle.OutOfTree):
        raise Http404 from None
    text = "".join(f"{b64encode(step).decode()}\n" for step in path)
    return _file(text.encode(), FOREVER, "text/plain; charset=utf-8")


def _file(content: bytes, kept: str, content_type: str = "application/octet-stream") -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Cache-Control"] = kept
    answer["Access-Control-Allow-Origin"] = "*"  # whoever watches the log may do it from another page
    return answer


# --- pages --------------------------------------------------------------------------------------------------------
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the log is, its newest checkpoints and the keys that sign it."""
    context = {
        "newest": log.newest(),
        "older": Checkpoint.objects.order_by("-size")[1 : OLDER_SHOWN + 1],
        "keys": [one.vkey for one in log.verifiers()],
        "active_tab": "scan",
    }
    return render(request, "traceability/shop/log.html", context)


@require_safe
def of_lot(request: HttpRequest, code: str) -> HttpResponse:
    """Every line of the lot behind ``code`` with what it takes to check it; the browser does, step by step."""
    lot = _lot(code)
    lines = list(lot.log_entries.order_by("number"))
    told = {event.pk: event for event in lot.events.select_related("lot", "upload")}
    replaced = {event.corrects_id for event in told.values() if events.is_told(event)}
    newest = log.newest()
    files, is_whole = _proofs(lines, newest)
    gone = {line.event_id: line.number for line in lines if line.kind == EntryKind.ERASED}
    steps = [
        _step(line, told.get(line.event_id), gone, files.get(line.number))
        | {"is_replaced": line.event_id in replaced}
        for line in lines
        if line.kind == EntryKind.EVENT
    ]
    written = {line.event_id for line in lines}
    context = {
        "lot": lot,
        "product": lot.product,
        "code": normalise(code),
        "steps": steps,
        "waiting": [event for event in told.values() if event.pk not in written and events.is_told(event)],
        "newest": newest,
        "is_whole": is_whole,
        "bag": {
            "keys": [one.vkey for one in log.verifiers()],
            "lines": {step["number"]: step["bag"] for step in steps if step["bag"]},
        },
        "active_tab": "scan",
    }
    return render(request, "traceability/shop/log_lot.html", context)


def _lot(code: str) -> Lot:
    code = normalise(code[:64])
    if not is_valid(code):
        raise Http404
    return get_object_or_404(Lot.objects.select_related("product__cooperative"), codes__code=code)


def _proofs(lines: list[LogEntry], newest: Checkpoint | None) -> tuple[dict[int, str], bool]:
    """The proof of each line that is signed, and whether the log could be read at all."""
    if newest is None:
        return {}, True
    try:
        return log.proofs([line.number for line in lines], newest), True
    except log.LogBroken:
        return {}, False


def _step(
    line: LogEntry, event: TraceEvent | None, gone: dict[Any, int], proof: str | None
) -> dict[str, Any]:
    """One line as the page shows it; ``bag`` is what the browser checks: nothing for words that were erased."""
    step: dict[str, Any] = {"number": line.number, "event": event, "is_signed": bool(proof), "bag": None}
    if event is None:
        return {**step, "state": "deleted"}
    if not events.is_told(event):
        return {**step, "state": "untold"}
    if event.is_erased:
        return {**step, "state": "erased" if event.pk in gone else "deleted", "erased_in": gone.get(event.pk)}
    if proof is None:
        return {**step, "state": "unsigned"}
    step["bag"] = {
        "facts": seals.canonical(seals.facts(event)).decode(),
        "salt": seals.salt(event).hex(),
        "entry": log.raw(line.entry).decode(errors="replace"),
        "proof": proof,
    }
    return {**step, "state": "signed"}
