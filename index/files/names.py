"""Names of files and documents: which can be shown and stored, and how to show those that cannot. Pure."""

from __future__ import annotations

from unicodedata import category


def is_plain(name: str) -> bool:
    """Neither blank nor holding control characters, line ends or lone surrogates (bytes that are no UTF-8)."""
    return bool(name.strip()) and not any(map(_unfit, name))


def shown(name: str) -> str:
    """The name with unfit characters spelled out: 公\\x1b报.txt."""
    return "".join(ascii(char)[1:-1] if _unfit(char) else char for char in name)


def _unfit(char: str) -> bool:
    return category(char) in ("Cc", "Cs", "Zl", "Zp")
