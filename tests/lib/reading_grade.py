"""How hard a text is to read: the Flesch-Kincaid grade, syllables counted by groups of vowels. For English prose alone."""

import re

REFERENCE = re.compile(r"\b[A-Z]{1,2}\d[\w-]*\b")


def sentences_of(page: str) -> list[str]:
    """The sentences of a page's own part: paragraphs, list items, hints and captions; references count as a short name."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    text = re.sub(r'<span class="app-source">.*?</span>|<script.*?</script>', "", main.group(0) if main else page)
    parts = re.findall(r"<(?:p|li|div class=\"govuk-hint\"[^>]*)(?:\s[^>]*)?>(.*?)</(?:p|li|div)>", text, re.DOTALL)
    plain = (re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part)).strip() for part in parts)
    split = (one for part in plain for one in re.split(r"(?<=[.?!:;])\s+", part))
    return [REFERENCE.sub("Sam", one) for one in split if len(one.split()) > 2]


def syllables(word: str) -> int:
    """Groups of vowels; a silent e at the end counts for nothing."""
    found = len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^l])e$|es$|ed$", "", word.lower())))
    return max(1, found)


def grade(sentences: list[str]) -> float:
    """The school grade at which the text is easily read."""
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z']+", sentence)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
