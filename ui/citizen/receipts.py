"""What a browser gets with an answer, so that it can hand it back: sealed, since only we say what we said. Pure.

    64 hexadecimal digits of HMAC-SHA256 over the JSON that follows them

The service keeps no conversation. Whoever wants a lasting link, or says that an answer was no use, posts the receipt;
the seal shows that nobody has written it but us. Personal data is masked before it is sealed, so that whatever comes
out of a receipt may be kept.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from qa.privacy import mask
from qa.records import Question
from ui.render import well_formed
from ui.shown import Shown

_SEAL_CHARS = 64


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answer, to whom it was given. `id`: 128 bits by chance; no other answer has it, not to the same question."""

    id: str
    question: str
    place: str
    history: tuple[str, ...]
    shown: Shown

    @classmethod
    def of(cls, id: str, question: Question, shown: Shown) -> Receipt:
        """With personal data masked."""
        history = tuple(map(_masked, question.history))
        return cls(id, _masked(question.text), _masked(question.place), history, _without_data(shown))


def sealed(key: bytes, receipt: Receipt) -> str:
    """The receipt as text, as `opened` reads it."""
    kept = {
        "id": receipt.id,
        "question": receipt.question,
        "place": receipt.place,
        "history": list(receipt.history),
        "shown": receipt.shown.to_json(),
    }
    text = json.dumps(kept, ensure_ascii=False)
    return _seal(key, text) + text


def opened(key: bytes, text: str) -> Receipt | None:
    """What `sealed` gave; None for anything that was not sealed with this key."""
    seal, kept = text[:_SEAL_CHARS], text[_SEAL_CHARS:]
    if not hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(key, kept).encode()):
        return None
    return _receipt(json.loads(kept))


def _seal(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "replace"), "sha256").hex()


def _receipt(kept: Mapping[str, Any]) -> Receipt:
    return Receipt(
        id=kept["id"],
        question=kept["question"],
        place=kept["place"],
        history=tuple(kept["history"]),
        shown=Shown.from_json(kept["shown"]),
    )


def _masked(text: str) -> str:
    return well_formed(mask(text).text)


def _without_data(shown: Shown) -> Shown:
    """Where nothing is cited, the answer may repeat the question; so may what its words were read as."""
    text = shown.text if shown.sources else _masked(shown.text)
    return replace(shown, text=text, told=_masked(shown.told), missing=tuple(map(_masked, shown.missing)))
