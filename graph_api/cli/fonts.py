"""Fonts for names in any script: the fonts of this machine that have the letters, or Latin letters instead."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from anyascii import anyascii
from matplotlib.font_manager import fontManager, get_font

_FIRST = "DejaVu Sans"
"""Comes with matplotlib, so that it is always there."""
_PREFERRED = (
    "Noto Sans",
    "Source Han Sans",
    "Hiragino",
    "Yu Gothic",
    "Meiryo",
    "IPA",
    "TakaoPGothic",
    "WenQuanYi",
    "Arial Unicode",
)
_BOXES = "Last Resort"
"""A font that has every letter, and draws each as a box."""
_UNDRAWN = frozenset("\n\u200b\u200c\u200d\ufe0e\ufe0f")


@lru_cache(maxsize=512)
def _letters(path: str) -> frozenset[int]:
    try:
        return frozenset(get_font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


@lru_cache(maxsize=1)
def _fonts() -> Sequence[tuple[str, str]]:
    """Return family and file of the upright fonts of this machine, those for many scripts first."""
    entries = {
        entry.name: entry.fname
        for entry in reversed(fontManager.ttflist)
        if entry.style == "normal" and not entry.name.startswith(_BOXES) and Path(entry.fname).exists()
    }
    order = sorted(entries, key=lambda name: (not name.startswith(_PREFERRED), "Mono" in name, name))
    return [(name, entries[name]) for name in order]


def _first_letters() -> frozenset[int]:
    return _letters(fontManager.findfont(_FIRST))


def families(texts: Iterable[str]) -> list[str]:
    """Return the font families that draw texts, the ordinary one first."""
    missing = {ord(sign) for text in texts for sign in text} - _first_letters() - {ord(sign) for sign in _UNDRAWN}
    found = [_FIRST]
    for name, path in _fonts() if missing else ():
        if have := missing & _letters(path):
            found.append(name)
            missing -= have
        if not missing:
            break
    return found


def drawable(text: str, fonts: Sequence[str]) -> str:
    """Return a text in letters that fonts have; what none has is transliterated."""
    paths = dict(_fonts())
    have = _first_letters().union(*(_letters(paths[name]) for name in fonts if name in paths))
    return "".join(
        sign if ord(sign) in have or sign == "\n" else "" if sign in _UNDRAWN else _latin(sign) for sign in text
    )


def _latin(sign: str) -> str:
    return anyascii(sign) or "?"
