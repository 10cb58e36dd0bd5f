"""Signed notes (C2SP signed-note, tlog-checkpoint, tlog-proof): how the log's size and root are put under a signature.

Text, a blank line, then one line a signature: ``— name base64(key id, signature)``. Ed25519 only. Pure functions.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
NAME = re.compile(r"[^\s+]{1,200}")
SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
SECRET = "PRIVATE+KEY+"  # how a secret key begins
PROOF = "c2sp.org/tlog-proof@v1"


class BadNote(Exception):
    """A note, key or checkpoint that is not written as it must be, or that no known key signed."""


@dataclass(frozen=True)
class Verifier:
    """The public half of a key: who signs under ``name``."""

    name: str
    public: bytes

    @classmethod
    def read(cls, vkey: str) -> Verifier:
        """Read ``name+key id+base64``. Raises BadNote."""
        name, key_id, packed = _parts(vkey)
        kind, public = packed[:1], packed[1:]
        verifier = cls(name, public)
        if kind != ED25519 or len(public) != 32 or verifier.key_id.hex() != key_id:
            raise BadNote("not an Ed25519 key")
        return verifier

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as it is published."""
        return f"{self.name}+{self.key_id.hex()}+{_b64(ED25519 + self.public)}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """The secret half of a key."""

    name: str
    seed: bytes

    @classmethod
    def new(cls, name: str) -> Signer:
        """Make a fresh key. Raises BadNote for a name with blanks or a plus sign."""
        if not NAME.fullmatch(name):
            raise BadNote(f"not a key's name: {name!r}")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, skey: str) -> Signer:
        """Read ``PRIVATE+KEY+name+key id+base64``. Raises BadNote, which never repeats the key."""
        if not skey.startswith(SECRET):
            raise BadNote("not a secret key")
        name, key_id, packed = _parts(skey.removeprefix(SECRET))
        if packed[:1] != ED25519 or len(packed) != 33:
            raise BadNote("not an Ed25519 key")
        signer = cls(name, packed[1:])
        if signer.verifier.key_id.hex() != key_id:
            raise BadNote("the key's id is not its own")
        return signer

    @property
    def skey(self) -> str:
        """The key as it is kept, in a file that only the market reads."""
        return f"{SECRET}{self.name}+{self.verifier.key_id.hex()}+{_b64(ED25519 + self.seed)}"

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def line(self, text: str) -> str:
        """Return the signature of ``text`` as a line of a note."""
        return f"— {self.name} {_b64(self.verifier.key_id + self._key.sign(text.encode()))}\n"


def _parts(key: str) -> tuple[str, str, bytes]:
    parts = key.strip().split("+", 2)
    if len(parts) != 3 or not NAME.fullmatch(parts[0]):
        raise BadNote("not a key")
    return parts[0], parts[1], _unb64(parts[2])


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("not base64") from None


def sign(text: str, signers: Sequence[Signer]) -> str:
    """Return ``text``, which ends with a line break, as a note signed by each of ``signers``."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def opened(note: str, verifiers: Sequence[Verifier]) -> str:
    """Return the text of ``note`` when at least one of ``verifiers`` signed it. Raises BadNote.

    Lines of unknown keys are passed over; a wrong signature under a known key refuses the whole note.
    """
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    signatures = lines.removesuffix("\n").split("\n")
    if not blank or not lines.endswith("\n") or any(sign < " " and sign != "\n" for sign in note):
        raise BadNote("not a note")
    known = {(one.name, one.key_id): one for one in verifiers}
    signed = False
    for line in signatures:
        found = SIGNATURE.fullmatch(line)
        if found is None:
            raise BadNote("not a signature line")
        packed = _unb64(found[2])
        verifier = known.get((found[1], packed[:4]))
        if verifier is None:
            continue
        if not verifier.has_signed(text, packed[4:]):
            raise BadNote(f"{verifier.name} did not sign this")
        signed = True
    if not signed:
        raise BadNote("signed by nobody known")
    return text


# --- checkpoints ----------------------------------------------------------------------------------------------------
class Head(NamedTuple):
    """What a checkpoint says: whose log, how many entries, the root over them."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"


def read_head(text: str) -> Head:
    """Read the text of a checkpoint; lines behind the third are others' extensions. Raises BadNote."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not re.fullmatch(r"0|[1-9]\d{0,17}", lines[1]):
        raise BadNote("not a checkpoint")
    root = _unb64(lines[2])
    if len(root) != 32:
        raise BadNote("not a root")
    return Head(lines[0], int(lines[1]), root)


def proof_file(index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """Return the file that proves entry ``index`` by itself: the path to the root, and the signed root."""
    steps = "".join(f"{_b64(step)}\n" for step in path)
    return f"{PROOF}\nindex {index}\n{steps}\n{checkpoint}"
