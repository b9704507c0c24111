"""Writes index/syllables.txt: which characters are read how. The door to pypinyin.

`python -m index.training.syllables`, after a change of the models' pieces or of pypinyin. The readings and the phrases
that tell the common ones from the rare are those of pypinyin (MIT licence); which characters there are, and how common
they are, is told by the pieces that our own models count. Loading pypinyin takes 0.3 s and 68 MB, the table 3 ms: hence
the table.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from index.pieces import SHIPPED
from index.text import HAN

TABLE = Path(__file__).parent.parent / "syllables.txt"
_LEAST_SHARE = 0.1  # of a character's places in phrases, for a reading that counts
_HEAD = """\
# syllable, without tone, and the characters that are read so, the most common first; of several readings each.
# Made by `python -m index.training.syllables` from the data of pypinyin (MIT licence).
"""


def main() -> int:
    """Write the table."""
    lines: dict[str, list[str]] = defaultdict(list)
    readings = _readings()
    for character in _by_commonness():
        for syllable in readings.get(character, ()):
            lines[syllable].append(character)
    text = "".join(f"{syllable} {''.join(lines[syllable])}\n" for syllable in sorted(lines))
    TABLE.write_text(_HEAD + text, "utf-8")
    return 0


def _by_commonness() -> list[str]:
    """The characters that are pieces, the most common first."""
    vocabulary = json.loads((SHIPPED / "tokenizer.json").read_bytes())["model"]["vocab"]
    shares = {piece: share for piece, share in vocabulary if re.fullmatch(f"[{HAN}]", piece)}
    return sorted(shares, key=lambda character: -shares[character])


def _readings() -> dict[str, list[str]]:
    """Character → its syllables without tone (ü as v): the main one, and what phrases read often enough."""
    from pypinyin.contrib.tone_convert import to_normal
    from pypinyin.phrases_dict import phrases_dict
    from pypinyin.pinyin_dict import pinyin_dict

    used: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, syllables in phrases_dict.items():
        for character, (syllable, *_) in zip(phrase, syllables, strict=False):
            used[character][to_normal(syllable)] += 1
    found: dict[str, list[str]] = {}
    for code, spelt in pinyin_dict.items():
        uses = used[chr(code)]
        often = [each for each, count in uses.most_common() if count >= _LEAST_SHARE * uses.total()]
        found[chr(code)] = often or [to_normal(spelt.split(",")[0])]
    return found


if __name__ == "__main__":
    sys.exit(main())
