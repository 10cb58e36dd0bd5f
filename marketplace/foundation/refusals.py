"""Refusal: the base of every "no" that a person is told."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise

Text = str | Promise


def N_(message: str) -> str:  # the name Babel looks for
    """Mark ``message`` for translation and return it as it is; whoever shows it translates it."""
    return message


class Refusal(Exception):
    """Something was refused for a reason the person can understand.

    ``text``: a whole sentence fit for the user, usually lazily translated.
    ``code``: a slug for logs, tests and machines.
    ``field``: the form field it belongs to, when there is one.
    ``details``: plain values for whoever shows the refusal (what is short, what was tried).

    A subclass names its own ``code`` and, where one sentence always fits, its own ``default_text``.
    Keep the constructor's signature in subclasses: refusals travel between processes.

    >>> class OutOfStock(Refusal):
    ...     code = "out_of_stock"
    ...     default_text = "Không còn đủ hàng."
    >>> refusal = OutOfStock(field="quantity", details={"free": 3})
    >>> str(refusal), refusal.code, refusal.field, refusal.details
    ('Không còn đủ hàng.', 'out_of_stock', 'quantity', {'free': 3})
    """

    code: str = "refused"
    default_text: ClassVar[Text] = ""

    def __init__(
        self,
        text: Text = "",
        *,
        code: str | None = None,
        field: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(text)
        # Asking a lazy text whether it is empty would translate it here, in the language of whoever raises.
        self.text: Text = self.default_text if isinstance(text, str) and not text else text
        if code is not None:
            self.code = code
        self.field = field
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        return str(self.text)
