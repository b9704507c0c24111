"""A draft → the reply as it leaves the desk: 书面 for a letter, 口语 for reading aloud. Pure.

A letter keeps every word. What is read aloud loses what only the eye can use: brackets, numbering, slashes, stiff
connecting words; a 文号 becomes words. It may lose nothing else: a sentence in plainer words must hold the same
figures, names and modal words (可以, 不得 …) as before, and its own quotes must still bear it out
(`draft.checked`). One that does not pass is read as it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.text import numeral
from qa.check import words
from qa.figures import bounds, figures
from qa.modality import stretches
from qa.names import holders, names
from qa.records import Support
from ui.agent.draft import MARKER, checked, cited, markers, sayable, without_markers
from ui.agent.records import Line, Ticket, Tone
from ui.shown import Shown, Source

HELLO = "您好！您咨询的事项，现答复如下："
_HELLO_ALOUD = "您好，您问的事，规定是这样的："
_HELLO_IN_VAIN = "您好，您问的事，我帮您查过了："  # nothing that is said rests on a notice
_DIGITS = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
_NUMBER = re.compile(r"[〔\[［（(](?P<year>\d{4})[〕\]］）)]\s*第?(?P<serial>\d{1,5})号")
_NUMBERING = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.．、](?!\d))\s*"
)
# remarks that say only how something is called or where it stands
_IDLE_REMARK = re.compile(r"(?:以下简?称|下称|下同|简称|见附件|详见|附后|试行$|暂行$)")
_REMARK = re.compile(r"[（(\[［〔【](?P<said>[^（()）\[\]［］〔〕【】]*)[)）\]］〕】]")
_LEAST_KEPT = 0.6  # of a sentence's words, remarks aside; with fewer something was lost
# stiff connecting words; none of them allows, denies, counts or names anything
_PLAINER = (
    (re.compile(r"(?<![不一人户地亩日月年平])均(?![衡等价线摊匀])"), "都"),
    (re.compile(r"系指"), "是指"),
    (re.compile(r"之日起"), "那天起"),
    (re.compile(r"(?:(?<=[，。；：])|^)若(?![干])"), "如果"),
    (re.compile(r"(?<![期])届满"), "到期"),
    (re.compile(r"(?<=[\u4e00-\u9fff])以及"), "和"),
    (re.compile(r"之内"), "以内"),
    (re.compile(r"亦(?=[应可不须需])"), "也"),
    (re.compile(r"方可"), "才可"),
)
_ALTERNATIVE = re.compile(r"[县市区旗乡镇村街道办事处社、]+|.")  # 县（市、区）, 乡镇（街道）, 年（次）
_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_RANGE = re.compile(r"(?<![A-Za-z\d.])(\d[\d.]*[年月日%]?)\s*[—–~～]{1,2}\s*(?=\d)")  # 2019—2022年, not GB17761—2018
_SLASH = re.compile(r"(?<=[元角分米吨人户具套亩])\s*/\s*(?=[\u4e00-\u9fff])")
_PAUSE = re.compile(r"(?<=[\u4e00-\u9fff])[ \t\u3000]+(?=[\u4e00-\u9fff])")  # 副组长：王明 市司法局局长
_SPACE = re.compile(r"\s+")
_IDLE_COMMA = re.compile(r"[，,]+(?=[\ue000-\uf8ff]*(?:[。；：！？、，,》”]|$))|(?<=[。；：！？、《“])[，,]+")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is copied, read aloud or sent. `as_it_stands`: which of its sentences, from 1, could not be put plainer."""

    text: str
    as_it_stands: tuple[int, ...] = ()


def reply(lines: Iterable[Line], shown: Shown | None, tone: Tone) -> Reply:
    """The lines that may be said, in a tone, with what they rest on; "" where there are none."""
    said = sayable(lines)
    if not said:
        return Reply("")
    sources = cited(said, shown.sources if shown else ())
    if tone is Tone.WRITTEN:
        return Reply(_letter(said, sources))
    spoken = [aloud(line, shown) for line in said]
    kept = tuple(place for place, text in enumerate(spoken, 1) if text is None)
    texts = [_read(line.text if text is None else text) for line, text in zip(said, spoken, strict=True)]
    return Reply("\n".join([_HELLO_ALOUD if sources else _HELLO_IN_VAIN, *texts, *_rests_on(sources)]), kept)


def reply_of(ticket: Ticket) -> Reply:
    """A ticket's draft as it would leave the desk now."""
    return reply(checked(ticket.lines, ticket.shown), ticket.shown, ticket.tone)


# ── 书面 ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _letter(said: Sequence[Line], sources: Sequence[Source]) -> str:
    """Greeting, the sentences with their marks numbered anew, and what stands behind each."""
    new = {source.marker: place for place, source in enumerate(sources, 1)}
    body = [MARKER.sub(lambda m: f"[{new[int(m[1])]}]" if int(m[1]) in new else "", line.text) for line in said]
    rests = [f"[{place}] {_named(source)}" for place, source in enumerate(sources, 1)]
    return "\n".join([HELLO, "".join(map(_ended, body)), *(["依据：", *rests] if rests else [])])


def _named(source: Source) -> str:
    """《…》（同政办规〔2024〕3号）第二条, and how it stands where it no longer simply holds."""
    number = f"（{source.document_number}）" if source.document_number else ""
    stands = f"（{source.standing.word}）" if source.standing and source.standing.tone in ("red", "amber") else ""
    return f"{source.name}{number}{source.address}{stands}"


def _ended(text: str) -> str:
    text = text.strip()
    return text if text[-1:] in "。！？!?；：" else f"{text}。"


# ── 口语 ────────────────────────────────────────────────────────────────────────────────────────────────────────


def aloud(line: Line, shown: Shown | None) -> str | None:
    """A line in plainer words, markers kept; None where these would say another thing than it does."""
    plain = _plainer(line.text)
    if plain == line.text:
        return plain
    said, before = without_markers(plain), without_markers(line.text)
    if _substance(said) != _substance(before) or _lost(said, before):
        return None
    (verdict,) = checked((plain,), shown)
    good = (Support.SUPPORTED,) if line.support is Support.SUPPORTED else (Support.SUPPORTED, Support.UNCHECKED)
    return plain if verdict.support in good or not markers(line.text) else None


def _plainer(text: str) -> str:
    text = _NUMBERING.sub("", text.strip())
    marked, shut = _guarded(text)
    before = ""
    while before != marked:  # brackets within brackets, from the inside
        before, marked = marked, _REMARK.sub(_remark, marked)
    for stiff, plain in _PLAINER:
        marked = stiff.sub(plain, marked)
    marked = _SLASH.sub("每", marked)
    marked = re.sub(r"；(?!$)", "。", _PAUSE.sub("，", marked))
    return _SPACE.sub("", _freed(_IDLE_COMMA.sub("", marked), shut))


def _remark(found: re.Match[str]) -> str:
    """A remark in brackets said between commas; one of a word or two as an alternative: 县（市、区） → 县、市、区;
    nothing, where it only says how a thing is called.
    """
    said = found["said"].strip("，,。；; ")
    if not said or _IDLE_REMARK.search(said):
        return ""
    if _ALTERNATIVE.fullmatch(said):
        return f"、{said}"
    return said if _within_title(found) else f"，{said}，"


def _within_title(found: re.Match[str]) -> bool:
    before = found.string[: found.start()]
    return before.rfind("《") > before.rfind("》")


def _guarded(text: str) -> tuple[str, list[str]]:
    """What is no bracketed remark stays closed: markers and document numbers, each as one private character."""
    shut: list[str] = []

    def close(found: re.Match[str]) -> str:
        shut.append(found.group())
        return chr(0xE000 + len(shut) - 1)

    return re.sub(rf"{MARKER.pattern}|{_NUMBER.pattern}", close, text), shut


def _freed(text: str, shut: Sequence[str]) -> str:
    return re.sub("[\ue000-\uf8ff]", lambda m: shut[at] if (at := ord(m[0]) - 0xE000) < len(shut) else m[0], text)


def _substance(text: str) -> tuple[object, ...]:
    """What plainer words may not touch: figures and their bounds, names, and what is allowed or denied."""
    modal = Counter((each.word, each.denied) for each in stretches(text) if each.word)
    return figures(text), frozenset((f, b) for f, b in bounds(text) if b), names(text), holders(text), modal


def _lost(said: str, before: str) -> bool:
    whole = words(before)
    return bool(whole) and len(words(said) & whole) / len(whole) < _LEAST_KEPT


def _read(text: str) -> str:
    """As it is read: no markers; document numbers, dates and ranges of numbers as words."""
    text = _DAY.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", number_aloud(without_markers(text)))
    return _ended(_RANGE.sub(r"\1到", text))


def number_aloud(text: str) -> str:
    """同政办规〔2024〕3号 → 同政办规二〇二四年三号; whatever else stands in the text stays."""
    return _NUMBER.sub(lambda m: f"{''.join(_DIGITS[each] for each in m['year'])}年{_serial(m)}号", text)


def _serial(found: re.Match[str]) -> str:
    serial = int(found["serial"])
    return numeral(serial) if serial else found["serial"]


def _rests_on(sources: Sequence[Source]) -> list[str]:
    """这是根据《…》，文号…，第二条。 A notice is named once, with all its articles."""
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.notice_id, []).append(source)
    return [f"这是根据{_group_aloud(each)}。" for each in groups.values()]


def _group_aloud(each: Sequence[Source]) -> str:
    first = each[0]
    number = f"，文号{number_aloud(first.document_number)}" if first.document_number else ""
    places = "、".join(dict.fromkeys(re.sub(r"[（(]([^（()）]*)[)）]", r"\1", source.address) for source in each))
    return f"{first.name}{number}{f'，{places}' if places else ''}"
