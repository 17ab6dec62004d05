"""Protected fields at rest: AES-GCM, bound to table, row and column, so that a sealed value fits nowhere else."""

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matching.errors import MatchingError

KEY_BYTES, NONCE_BYTES, NAME_BYTES = 32, 12, 4
KEPT_OPEN = 50_000


class WrongKey(MatchingError):
    """A protected field cannot be opened: the key is missing or another one. It is never shown as empty."""


class Seal:
    """Keys by name, the newest first: it seals; all of them open."""

    def __init__(self, keys: list[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise WrongKey(
                "The key file holds no key of 32 bytes. Restore it from its safe place; without it nothing opens."
            )
        self._keys = {_name(key): AESGCM(key) for key in keys}
        self._newest = _name(keys[0])
        self._inner: dict[bytes, Seal] = {}

    @classmethod
    def from_file(cls, path: Path, *, make: bool) -> "Seal":
        """Read the keys, one a line in base64; with `make`, make a first one that only its owner can read."""
        if make and not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        if not path.is_file():
            raise WrongKey(f"The key file {path.name} is missing. Restore it from its safe place.")
        return cls([base64.b64decode(line) for line in path.read_bytes().split()])

    def close(self, cells: dict[str, str], table: str, row: str, column: str) -> bytes:
        """Seal some cells."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        text = json.dumps(cells, sort_keys=True).encode()
        return self._newest + nonce + self._keys[self._newest].encrypt(nonce, text, _bound(table, row, column))

    def open(self, sealed: bytes | None, table: str, row: str, column: str) -> dict[str, str]:
        """The cells; raises `WrongKey` when they were sealed with another key, or for another place."""
        if sealed is None:
            return {}
        name, nonce, text = (
            sealed[:NAME_BYTES],
            sealed[NAME_BYTES : NAME_BYTES + NONCE_BYTES],
            sealed[NAME_BYTES + NONCE_BYTES :],
        )
        if name not in self._keys:
            raise WrongKey("A protected field was sealed with a key that is not in the key file. Add that key back.")
        try:
            opened: dict[str, str] = json.loads(self._keys[name].decrypt(nonce, text, _bound(table, row, column)))
        except InvalidTag as fault:
            raise WrongKey(
                "A protected field was changed, or moved from another row. Restore it from a backup."
            ) from fault
        return opened

    def inner(self, sealed: bytes, table: str, row: str, column: str) -> "Seal":
        """The seal of a key that is itself sealed; opened once, since a caseload needs thousands."""
        place = _bound(table, row, column) + sealed
        if place not in self._inner:
            if len(self._inner) >= KEPT_OPEN:
                self._inner.clear()
            self._inner[place] = Seal([base64.b64decode(self.open(sealed, table, row, column)["key"])])
        return self._inner[place]

    def sealed_here(self, sealed: bytes) -> bool:
        """Whether one of these keys sealed a value, and not a person's own."""
        return sealed[:NAME_BYTES] in self._keys

    @property
    def newest(self) -> bytes:
        """The name of the key that seals; a sealed value begins with the name of its key."""
        return self._newest


def _name(key: bytes) -> bytes:
    """A short name of a key that tells nothing about it."""
    return AESGCM(key).encrypt(b"\0" * NONCE_BYTES, b"name", None)[:NAME_BYTES]


def _bound(table: str, row: str, column: str) -> bytes:
    return "\x1f".join((table, row, column)).encode()
