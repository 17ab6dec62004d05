"""What a meeting asks of a plan, as its form says it: a choice in a child's row, a home typed there, three boxes for all."""

from dataclasses import dataclass, field

from api.errors import Wrong

PAIR = "Write child and home as C0001=H0012, one pair after another."


@dataclass
class Wishes:
    """Who goes where, or waits (`None`), and who does not go where."""

    pins: dict[str, str | None] = field(default_factory=dict)
    forbidden: list[tuple[str, str]] = field(default_factory=list)
    no_pair: dict[str, list[str]] = field(default_factory=dict)  # by box: words that are no child and home

    @property
    def children(self) -> set[str]:
        """Every child that something is asked for."""
        return {*self.pins, *(child for child, _ in self.forbidden)}

    def sure(self) -> "Wishes":
        """The same; raises `Wrong` where something typed is no child and home."""
        if any(self.no_pair.values()):
            told = tuple(
                {"field": box, "reason": f"holds {' '.join(words)!r}.", "way_out": PAIR}
                for box, words in self.no_pair.items()
                if words
            )
            raise Wrong("Something typed is no child and home.", "", told)
        return self

    def boxes(self) -> dict[str, str]:
        """As people type it into the three boxes."""
        return {
            "pins": " ".join(self.no_pair.get("pins", []) + [f"{c}={h}" for c, h in self.pins.items() if h]),
            "forbidden": " ".join(self.no_pair.get("forbidden", []) + [f"{c}={h}" for c, h in self.forbidden]),
            "wait": " ".join(child for child, home in self.pins.items() if home is None),
        }

    def forget(self, child: str, home: str) -> None:
        """Nothing is asked any more of a child and the home of their row."""
        self.pins.pop(child, None)
        self.forbidden = [pair for pair in self.forbidden if pair != (child, home)]


def wishes_of(form: dict[str, str]) -> Wishes:
    """What the form asks; the boxes hold what was asked before, so a choice that was changed in a row is newer than they are."""
    (pins, odd), (forbidden, strange) = _pairs(form.get("pins", "")), _pairs(form.get("forbidden", ""))
    asked = Wishes(dict(pins), forbidden, {"pins": odd, "forbidden": strange})
    asked.pins |= dict.fromkeys(form.get("wait", "").replace(",", " ").split())
    for name, wish in form.items():
        child = name.removeprefix("ask-")
        if name.startswith("ask-") and wish != form.get(f"was-{child}", ""):
            _choose(asked, child, form.get(f"now-{child}", ""), wish)
    asked.pins |= {
        name.removeprefix("to-"): _ref(home) for name, home in form.items() if name.startswith("to-") and home
    }
    return asked


def _choose(asked: Wishes, child: str, home: str, wish: str) -> None:
    """What a child's row says now in place of what was asked of them."""
    asked.forget(child, home)
    if wish == "stays":
        asked.pins[child] = home
    elif wish == "waits":
        asked.pins[child] = None
    elif wish == "not-there":
        asked.forbidden.append((child, home))


def _ref(text: str) -> str:
    """A reference as people type it."""
    return text.strip().upper()[:80]


def _pairs(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Pairs as people type them, C0001=H0012 one after another; and the words that are none."""
    words = text.replace(",", " ").split()
    pairs = [(child, home) for child, sign, home in (word.partition("=") for word in words) if child and home]
    return pairs, [word for word in words if not all(word.partition("="))]
