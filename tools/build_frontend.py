"""Take what the pages use out of GOV.UK Frontend's npm package: its style, its script, its licence.

    npm pack govuk-frontend@6.3.0
    python tools/build_frontend.py govuk-frontend-6.3.0.tgz

The version is the one that the installed macros of govuk-frontend-jinja are written for. The crown, the crest, the GOV.UK
header and the GDS Transport font are not ours to use: their rules are left out, and text is set in Arial.
"""

import re
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).parents[1] / "api" / "pages" / "static"
INSIDE = "package/dist/govuk/"
NOT_USED = (
    "accordion", "accordion-nav", "pagination", "cookie-banner", "exit-this-page", "exit-this-page-overlay",
    "exit-this-page-hide-content", "header", "generic-header", "password-input", "file-upload-button",
    "file-upload-wrapper", "logo-dot", "drop-zone", "tabs", "panel", "footer", "body-lead", "image-card",
)  # fmt: skip
CLASS = re.compile(r"\.govuk-([a-z-]+?)(?=__|--|[^a-z-]|$)")


def rules(css: str) -> list[str]:
    """The rules of a style sheet, each whole."""
    found, depth, start = [], 0, 0
    for at, sign in enumerate(css):
        depth += (sign == "{") - (sign == "}")
        if sign == "}" and depth == 0:
            found.append(css[start : at + 1].strip())
            start = at + 1
    return found


def used(rule: str) -> str:
    """A rule without the selectors of parts that no page uses; empty when nothing is left."""
    if rule.startswith("@font-face") or "crest" in rule:
        return ""
    if rule.startswith(("@media", "@supports")):
        opening, _, inner = rule.partition("{")
        kept = "".join(used(one) for one in rules(inner[:-1]))
        return f"{opening}{{{kept}}}" if kept else ""
    head, _, body = rule.partition("{")
    if head.startswith("@"):
        return rule
    kept_heads = [one for one in head.split(",") if not set(CLASS.findall(one)) & set(NOT_USED)]
    return f"{','.join(kept_heads)}{{{body}" if kept_heads else ""


def style_from(css: str) -> str:
    """The style sheet that the pages load."""
    plain = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    kept = "".join(used(rule) for rule in rules(plain)).replace("GDS Transport,", "")
    left = re.findall(r"GDS Transport|url\(|@font-face|crest", kept)
    if left:
        raise SystemExit(f"Still in the style: {sorted(set(left))}. Leave these rules out too.")
    return kept


def main(package: Path) -> None:
    """Write style, script and licence beside the pages."""
    with tarfile.open(package) as archive:

        def text(name: str) -> str:
            file = archive.extractfile(INSIDE + name)
            assert file is not None
            return file.read().decode()

        style, script = style_from(text("govuk-frontend.min.css")), text("govuk-frontend.min.js")
    note = "/* From govuk-frontend 6.3.0, MIT, Crown copyright; see govuk-frontend-licence.txt and tools/build_frontend.py */\n"
    (HERE / "govuk-frontend.css").write_text(note + style + "\n", encoding="utf-8")
    (HERE / "govuk-frontend.js").write_text(
        note + re.sub(r"//# source.*", "", script).rstrip() + "\n", encoding="utf-8"
    )
    print(f"style {len(style)} bytes, script {len(script)} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
