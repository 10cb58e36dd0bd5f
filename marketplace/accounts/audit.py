"""The audit trail: one function writes it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from marketplace.foundation.actor import Actor

from .models import AuditDetail, AuditRow, signed


def record(verb: str, thing: Any, *, by: Actor, **values: Any) -> AuditRow:
    """Write that ``by`` did ``verb`` to ``thing`` (a saved model) with ``values``.

    The row keeps type, id, label and a SHA-256 of the values; the values go to a detail row that may be erased.
    Call it inside the transaction of the change.
    """
    text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    row = AuditRow.objects.create(
        verb=verb,
        object_type=thing._meta.model_name,
        object_id=str(thing.pk),
        object_label=str(thing)[:160],
        channel=by.channel,
        values_sha256=hashlib.sha256(text.encode()).hexdigest() if values else "",
        **signed(by),
    )
    if values:
        AuditDetail.objects.create(row=row, values=json.loads(text))
    return row
