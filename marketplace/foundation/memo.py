"""What a pure function gave is kept in this process: never wrong, because every input is part of the key."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.translation import get_language

P = ParamSpec("P")
R = TypeVar("R")

_kept: list[Callable[[], None]] = []


def memo(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the last ``most`` answers of a function for equal (hashable) arguments and the language of the moment.

    Only for functions whose answer follows from their arguments, the language and the settings: nothing from the
    database, the clock or the request that is not an argument. With DEBUG on nothing is kept, so that an edited
    template shows at once.
    """

    def of(function: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=most)
        def known(_language: str | None, *args: Any, **kwargs: Any) -> R:
            return function(*args, **kwargs)

        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> R:
            if settings.DEBUG:
                return function(*args, **kwargs)
            return known(get_language(), *args, **kwargs)  # type: ignore[arg-type]

        _kept.append(known.cache_clear)
        return answer

    return of


class Kept(Generic[R]):
    """Up to ``most`` values of this process by key; beyond that, the one asked for longest ago goes.

    What comes from the database must have its version in the key: a transaction that changes the one counts up the
    other, so an old value is never asked for again. Never fill it inside a transaction that may roll back.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, R] = OrderedDict()
        self._lock = Lock()
        _kept.append(self.clear)

    def get(self, key: Hashable, make: Callable[[], R]) -> R:
        """The value of ``key``; ``make`` is asked once (by two threads at a time perhaps twice), and each time when
        ``key`` is None."""
        if key is None:
            return make()
        value = self.find(key)
        return self.put(key, make()) if value is None else value

    def find(self, key: Hashable) -> R | None:
        """The value of ``key`` if it is here."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Hashable, value: R) -> R:
        """Keep ``value`` and give it back."""
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def clear(self) -> None:
        with self._lock:
            self._values.clear()


def forget(**_signal: Any) -> None:
    """Drop everything kept in this process."""
    for clear in _kept:
        clear()


setting_changed.connect(forget)
