"""How a postcode is written: its parts, its key as a number, and what a mistyped one may have meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
_LETTERS = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE = len(_LETTERS)
SECTOR_STEP = _BASE**2  # a key divided by this is the key of its sector
_WIDTH = 7  # outward code padded to four, inward code of three
_OUTWARD = r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?)"
_UNIT = re.compile(rf"({_OUTWARD}) ?([0-9][A-Z]{{2}})")
_SECTOR = re.compile(rf"({_OUTWARD}) ?([0-9])[A-Z]?")
_OUTCODE = re.compile(_OUTWARD)
_INWARD = re.compile("[0-9](?:[A-Z]{2})?")
_NEVER_INWARD = frozenset("CIKMOV")  # Royal Mail leaves them out of the last two letters
_ALIKE = {"0": "O", "O": "0", "1": "IL", "I": "1", "L": "1", "5": "S", "S": "5", "8": "B", "B": "8", "2": "Z", "Z": "2"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """A postcode, or a part of one, as it should be written."""

    outcode: str
    sector: str | None = None
    unit: str | None = None

    @property
    def written(self) -> str:
        """The longest part, with one space."""
        return self.unit or self.sector or self.outcode

    @property
    def can_exist(self) -> bool:
        """Whether the last two letters are ones that postcodes end in."""
        return self.unit is None or not _NEVER_INWARD & set(self.unit[-2:])


def spelling(text: str) -> Spelling | None:
    """The parts of what people type, in any case and spacing; `None` for what has no shape of a postcode.

    A space before the last part is believed: PO1 2 is in Portsmouth, PO12 in Gosport.
    """
    words = text.upper().split()
    return _read(" ".join(words)) or _read("".join(words))


def _read(text: str) -> Spelling | None:
    if found := _UNIT.fullmatch(text):
        outcode, inward = found.groups()
        return Spelling(outcode, f"{outcode} {inward[0]}", f"{outcode} {inward}")
    if _OUTCODE.fullmatch(text):  # before sectors: PO12 without a space is a district
        return Spelling(text)
    if found := _SECTOR.fullmatch(text):
        return Spelling(found[1], f"{found[1]} {found[2]}")
    return None


def key_of(unit: str) -> int:
    """The number under which a unit postcode is filed; numbers sort as padded postcodes do."""
    letters = unit.replace(" ", "")
    number = 0
    for letter in letters[:-3].ljust(_WIDTH - 3) + letters[-3:]:
        number = number * _BASE + _LETTERS.index(letter)
    return number


def keys_of(units: list[str]) -> Keys:
    """`key_of` of many postcodes at once, (postcodes,)."""
    joined = "".join(text[:-3].ljust(_WIDTH - 3) + text[-3:] for text in (unit.replace(" ", "") for unit in units))
    letters = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, _WIDTH)
    values = np.zeros(256, dtype=np.uint64)
    values[[ord(letter) for letter in _LETTERS]] = np.arange(_BASE)
    keys = np.zeros(len(letters), dtype=np.uint64)
    for place in range(_WIDTH):
        keys = keys * np.uint64(_BASE) + values[letters[:, place]]
    return keys


def sectors_of(keys: Keys) -> list[str]:
    """The sector of each key, (postcodes,)."""
    letters = np.array(list(_LETTERS))
    parts, rest = [], keys // np.uint64(SECTOR_STEP)
    for _ in range(_WIDTH - 2):
        parts.append(letters[(rest % np.uint64(_BASE)).astype(np.int64)])
        rest = rest // np.uint64(_BASE)
    return [
        f"{(a + b + c + d).rstrip()} {digit}"
        for digit, d, c, b, a in zip(*(part.tolist() for part in parts), strict=True)
    ]


def near_spellings(text: str) -> Iterator[str]:
    """Unit postcodes that differ from what was typed by one likely slip; whether they exist is for the caller."""
    letters = "".join(re.findall("[A-Z0-9]", text.upper()))
    slips = [letters]
    for at, letter in enumerate(letters):
        slips += [letters[:at] + other + letters[at + 1 :] for other in _ALIKE.get(letter, "")]
        slips.append(letters[:at] + letters[at + 1 : at + 2] + letter + letters[at + 2 :])
        slips.append(letters[:at] + letters[at + 1 :])
    for slip in dict.fromkeys(slips):
        found = _UNIT.fullmatch(slip)
        if found and slip != text.upper().replace(" ", ""):
            yield f"{found[1]} {found[2]}"


def together(words: list[str]) -> list[str]:
    """Words of a command line as postcodes: SO14 and 7LY, typed without quotes, are one."""
    found: list[str] = []
    for word in words:
        if found and _INWARD.fullmatch(word.upper()) and _OUTCODE.fullmatch(found[-1].upper()):
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found
