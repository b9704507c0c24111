"""A caller's story → the sentences that ask, and what of the story they lean on. Pure.

Searching with a whole story finds what its troubles have in common with notices: of 150 questions told amid a story of
220 characters that has nothing to do with them 48 % were found, 85 % without it. Searching with the sentence that asks
alone loses what the story says of the matter (“到底归谁管？”): of 51 real stories 41 % were found, 67 % with all. So a
sentence that points back takes along what stands before it, as a follow-up does the questions before it: 71 %.
"""

from __future__ import annotations

import re

from index.asked import Asked, asked_of

LONG = 100  # characters, punctuation aside, from which a text is a story
_LEANT_ON = 5  # sentences before those that ask; chosen on one half of the dev questions, as is LONG
_LEAST = 7  # characters of a sentence that asks
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
_MARKED = re.compile("[？?]")
_OF_THE_TALK = re.compile(  # asks of the talk itself, or asks nothing
    r"(?:是不是|对不对|行不行|好不好|可以不|中不中|听得见吗|听见没有?|知道吗|明白吗|说到哪儿?了|怎么说呢|啥滋味)"
    r"[啊呀呢吧]?[？?！!。]*$"
)
_POINTS_BACK = re.compile("[这那它他她]")
_NAMES_A_NOTICE = re.compile(r"[《〔]|\d号")
_SHORT = 14  # characters of a sentence that is too short to say what it is about


def asking(text: str, long: int = LONG) -> tuple[str, str]:
    """A text → what asks, and what that leans on, each in the order told; a text that is no story asks as a whole.
    `long`: characters from which it is one; 0 where it is known to be one, as at the hotline.

    A sentence that names a notice by title or number is leant on wherever it stands.
    """
    if len(re.sub(r"\W", "", text)) < long:
        return text, ""
    sentences = [sentence for sentence in _SENTENCE.findall(text) if sentence.strip()]
    ask = _asking(sentences)
    if not ask:
        return text, ""
    asked = "".join(sentences[at] for at in ask)
    leans = len(asked) <= _SHORT or _POINTS_BACK.search(asked) is not None
    before = range(max(0, ask[0] - _LEANT_ON), ask[0]) if leans else ()
    told = [
        each for at, each in enumerate(sentences) if at not in ask and (at in before or _NAMES_A_NOTICE.search(each))
    ]
    return asked, "".join(told)


def _asking(sentences: list[str]) -> list[int]:
    """Which sentences ask: those with a question mark, else the last that asks for something by its words."""
    able = [at for at, each in enumerate(sentences) if len(each) >= _LEAST and not _OF_THE_TALK.search(each.strip())]
    marked = [at for at in able if _MARKED.search(sentences[at])]
    worded = [at for at in able if asked_of(sentences[at]) != (Asked.OTHER,)]
    return marked or worded[-1:]
