"""Moves: which status may follow which."""

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Generic, TypeVar

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.refusals import Refusal, Text

S = TypeVar("S", bound=str)


class IllegalMove(Refusal):
    """The status may not change that way. ``details`` holds ``start`` and ``end`` as plain strings."""

    code = "illegal_move"


class Moves(Generic[S]):
    """The moves allowed between statuses of type ``S``.

    Every status needs a row, a final one an empty row; ValueError tells at import which is missing.
    The first row is where things start. Plain strings out of the database are looked up like members.

    >>> from enum import StrEnum
    >>> class Tea(StrEnum):
    ...     PICKED = "picked"
    ...     DRIED = "dried"
    ...     THROWN_AWAY = "thrown_away"
    >>> moves = Moves({
    ...     Tea.PICKED: [Tea.DRIED, Tea.THROWN_AWAY],
    ...     Tea.DRIED: [],
    ...     Tea.THROWN_AWAY: [],
    ... })
    >>> [str(status) for status in moves.after(Tea.PICKED)]
    ['dried', 'thrown_away']
    >>> moves.after("dried")
    ()
    >>> moves.check("picked", "dried")
    >>> print(moves.as_mermaid())
    stateDiagram-v2
        [*] --> picked
        picked --> dried
        picked --> thrown_away
        dried --> [*]
        thrown_away --> [*]
    """

    def __init__(self, table: Mapping[S, Iterable[S]]) -> None:
        rows: dict[S, tuple[S, ...]] = {start: tuple(ends) for start, ends in table.items()}
        wanted: set[S] = {end for ends in rows.values() for end in ends}
        for start in rows:
            if isinstance(start, Enum):
                wanted.update(type(start))
        missing = sorted(str(getattr(status, "value", status)) for status in wanted - rows.keys())
        if missing:
            raise ValueError(f"No row for: {', '.join(missing)}.")
        if not rows:
            raise ValueError("A table of moves needs at least one row.")
        self.table: Mapping[S, tuple[S, ...]] = MappingProxyType(rows)

    def after(self, status: S) -> tuple[S, ...]:
        """The statuses that may follow ``status``; empty when it is final. KeyError for an unknown one."""
        return self.table[status]

    def check(self, start: S, end: S) -> None:
        """Do nothing when ``start`` may become ``end``; raise IllegalMove when not."""
        if end in self.table.get(start, ()):
            return
        raise IllegalMove(
            format_lazy(
                _("Không thể chuyển từ “{start}” sang “{end}”."),
                start=self._label(start),
                end=self._label(end),
            ),
            details={"start": _value(start), "end": _value(end)},
        )

    def as_mermaid(self) -> str:
        """The table as a Mermaid state diagram, rows in their order, for the manual."""
        lines = ["stateDiagram-v2", f"    [*] --> {_value(next(iter(self.table)))}"]
        for start, ends in self.table.items():
            lines += [f"    {_value(start)} --> {_value(end)}" for end in ends]
            if not ends:
                lines.append(f"    {_value(start)} --> [*]")
        return "\n".join(lines)

    def _label(self, status: S) -> Text:
        member = next((known for known in self.table if known == status), status)
        label: Text = getattr(member, "label", _value(member))
        return label


def _value(status: str) -> str:
    return str(getattr(status, "value", status))
