"""The arithmetic of the log: tree hashes, proofs and tiles as RFC 6962 (9162) and C2SP tlog-tiles define them.

Pure functions of bytes. A tree is read through ``Tiles``: rows of up to 256 hashes, so a proof among a million
entries reads six of them. The vectors are ``tests/data/shared/merkle.json``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

WIDTH = 256  # hashes in a full tile
EMPTY = hashlib.sha256(b"").digest()

Tiles = Callable[[int, int], Sequence[bytes]]
"""``tiles(level, number)``: the hashes of one tile, as many as there are. Level 0 holds leaves; above it each hash is
the root of a full tile below."""


class OutOfTree(Exception):
    """Asked for something that a tree of this size does not hold."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Peaks:
    """A tree that only grows: keeps one hash for each 1 in the binary form of its size, so at most 64.

    >>> grown = Peaks([leaf_hash(b"a"), leaf_hash(b"b")])
    >>> grown.root() == node_hash(leaf_hash(b"a"), leaf_hash(b"b"))
    True
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Append the hash of one more entry."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the hash over everything that was added."""
        if not self._peaks:
            return EMPTY
        *left, whole = self._peaks
        for peak in reversed(left):
            whole = node_hash(peak, whole)
        return whole


# --- reading a tree -------------------------------------------------------------------------------------------
class Tree:
    """A tree read tile by tile, each at most once."""

    def __init__(self, tiles: Tiles) -> None:
        self._ask = tiles
        self._read: dict[tuple[int, int], Sequence[bytes]] = {}

    def root(self, size: int) -> bytes:
        """Return the root of the first ``size`` entries. Raises OutOfTree."""
        return self._over(0, size) if size else EMPTY

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the proof that entry ``index`` stands in the tree of ``size``. Raises OutOfTree."""
        if not 0 <= index < size:
            raise OutOfTree(f"no entry {index} among {size}")
        low, high, path = 0, size, []
        while high - low > 1:
            middle = low + _left(high - low)
            if index < middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree of ``new`` begins with that of ``old``. Raises OutOfTree."""
        if not 0 < old <= new:
            raise OutOfTree(f"no tree of {old} inside one of {new}")
        low, high, whole, path = 0, new, True, []
        while old != high:
            middle = low + _left(high - low)
            if old <= middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low, whole = middle, False
        return [*([] if whole else [self._over(low, high)]), *path[::-1]]

    def _over(self, low: int, high: int) -> bytes:
        """The hash over entries low … high: read where it lies in one tile, else over its halves."""
        count = high - low
        middle = low + _left(count) if count > 1 else low
        if count != 1 and high - middle != middle - low:
            return node_hash(self._over(low, middle), self._over(middle, high))
        level = (count.bit_length() - 1) // 8
        first, many = low >> 8 * level, count >> 8 * level
        row = self._tile(level, first // WIDTH)[first % WIDTH : first % WIDTH + many]
        if len(row) != many:
            raise OutOfTree(f"tile {level}/{first // WIDTH} is too short")
        return Peaks(row).root()

    def _tile(self, level: int, number: int) -> Sequence[bytes]:
        if (level, number) not in self._read:
            self._read[level, number] = self._ask(level, number)
        return self._read[level, number]


def _left(count: int) -> int:
    """The largest power of two below ``count``: where RFC 6962 parts a tree."""
    return 1 << (count - 1).bit_length() - 1


# --- checking what somebody else says ---------------------------------------------------------------------------
def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` leads from ``leaf`` at ``index`` to ``root`` of a tree of ``size`` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, whole = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            whole = node_hash(step, whole)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            whole = node_hash(whole, step)
        at, last = at >> 1, last >> 1
    return last == 0 and whole == root


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of ``new`` begins with that of ``old`` (RFC 9162 2.1.4.2). Nothing follows from size 0."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not proof:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


# --- tiles as files -----------------------------------------------------------------------------------------------
_PATH = re.compile(r"((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")


def tile_path(number: int, width: int = WIDTH) -> str:
    """Return the end of a tile's address; ``width`` below 256 is a tile that still grows.

    >>> tile_path(1234067), tile_path(273, 112)
    ('x001/x234/067', '273.p/112')
    """
    digits = f"{number:,}".split(",")
    *before, last = (part.zfill(3) for part in digits)
    path = "/".join([*(f"x{part}" for part in before), last])
    return path if width == WIDTH else f"{path}.p/{width}"


def read_tile_path(path: str) -> tuple[int, int] | None:
    """Return number and width of a tile's address; None unless it is written in the one right way.

    >>> read_tile_path("x001/x234/067"), read_tile_path("273.p/112"), read_tile_path("x000/273")
    ((1234067, 256), (273, 112), None)
    """
    found = _PATH.fullmatch(path)
    if found is None or len(path) > 40:
        return None
    number, width = int(re.sub(r"\D", "", found[1])), int(found[2] or WIDTH)
    return (number, width) if tile_path(number, width) == path else None


def width_of(level: int, number: int, size: int) -> int:
    """Return how many hashes tile ``number`` of ``level`` holds in a tree of ``size``; 0 when there is no such tile.

    >>> width_of(0, 273, 70000), width_of(1, 1, 70000), width_of(2, 0, 70000)
    (112, 17, 1)
    """
    return min(WIDTH, max(0, (size >> 8 * level) - number * WIDTH))


def closed_tiles(before: int, after: int) -> Iterator[tuple[int, int]]:
    """Yield level and number of every tile that becomes full while a tree grows, lower levels first.

    >>> list(closed_tiles(255, 513))
    [(0, 0), (0, 1)]
    """
    level = 0
    while (after := after // WIDTH) > (before := before // WIDTH):
        yield from ((level, number) for number in range(before, after))
        level += 1


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return ``entries`` as C2SP's entry bundle: each behind its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
