"""The shared cache of server mode: what may be forgotten. Away or slow, it forgets; nobody gets an error page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class ForgetfulRedisCache(RedisCache):
    """Redis as long as it answers. While it does not, reads find nothing and writes are lost, with a warning."""

    def _or(self, answer: Any, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return verb(*args, **kwargs)
        except (RedisError, OSError) as error:
            logger.warning("cache: %s", type(error).__name__)
            return answer

    def add(self, *args: Any, **kwargs: Any) -> Any:
        """True, as if nobody had the key: a lock that cannot be kept holds nobody up."""
        return self._or(True, super().add, *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, super().get, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._or(None, super().set, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._or(False, super().touch, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._or(False, super().delete, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._or({}, super().get_many, *args, **kwargs)

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return self._or(list(data), super().set_many, data, *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._or(None, super().delete_many, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._or(False, super().has_key, *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        """Count; 0 while nothing can be counted. Raises ValueError for a key that is not there, as ever."""
        return self._or(0, super().incr, *args, **kwargs)

    def clear(self) -> Any:
        return self._or(False, super().clear)


def is_too_often(key: str, most: int, seconds: int) -> bool:
    """Count one try under ``key``; True beyond ``most`` within ``seconds`` of the first. No query.

    Counted in the shared cache, or in each process where there is none; while the cache is away nobody is held up.
    """
    if cache.add(key, 1, seconds):
        return False
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # it ran out in between
        return False
