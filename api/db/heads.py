"""The head of the trail, signed, to keep on another machine: who owns this one can rewrite the trail, but not those heads."""

import base64
import json
import os
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from matching.errors import MatchingError

SIGNED = ("at", "entries", "hash")


class WrongHead(MatchingError):
    """A kept head is none, or is not signed by the key that it should be."""


def signing_key(path: Path, *, make: bool) -> Ed25519PrivateKey:
    """The key that signs heads; with `make`, made the first time, readable by its owner alone."""
    if make and not path.exists():
        made = Ed25519PrivateKey.generate()
        raw = made.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(raw) + b"\n")
    if not path.is_file():
        raise WrongHead(f"The signing key {path.name} is missing. Export a head once, or name the public key.")
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_bytes()))


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as text, to keep beside the heads."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """A public key from its text; raises `WrongHead`."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except ValueError as fault:
        raise WrongHead("The public key is none. Use the text that 'placements audit public-key' prints.") from fault


def signed(key: Ed25519PrivateKey, entries: int, head: str, at: str) -> str:
    """One line: how many entries, the hash of the last, when, and the signature over these."""
    told = {"at": at, "entries": entries, "hash": head}
    return json.dumps({**told, "signature": base64.b64encode(key.sign(_bytes(told))).decode()}, sort_keys=True)


def read(lines: Iterable[str], key: Ed25519PublicKey) -> list[tuple[int, str]]:
    """Kept heads; raises `WrongHead` for any that does not hold."""
    found = []
    for number, line in enumerate((line for line in lines if line.strip()), 1):
        try:
            told = json.loads(line)
            key.verify(base64.b64decode(told["signature"]), _bytes({name: told[name] for name in SIGNED}))
            found.append((int(told["entries"]), str(told["hash"])))
        except (ValueError, KeyError, TypeError, InvalidSignature) as fault:
            raise WrongHead(
                f"Head {number} is not signed by this key. It was changed, or is another record's."
            ) from fault
    if not found:
        raise WrongHead("The file holds no head.")
    return found


def _bytes(told: dict[str, object]) -> bytes:
    return json.dumps(told, sort_keys=True).encode()
