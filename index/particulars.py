"""What a notice says of itself: 文号, 发文机关, dates, recipients, attachments. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from index.places import beginning
from index.records import Attachment, DocumentNumber, DocumentType, Place, Reference, Span
from index.references import outer, references
from index.text import DATE, HAN, add_years, normal, number_value, parse_date, squeeze

_BODIES = (
    "人民政府办公室|人民政府办公厅|人民政府|政府办公室|政府办公厅|办公室|办公厅|管理委员会|管委会|委员会|人民法院|人民检察院"
    "|管理局|监督局|局|委|厅|部|院|中心|税务局|指挥部|领导小组|银行|支队|公司"
)
AUTHORITY = re.compile(rf"[{HAN}]{{2,24}}?(?:{_BODIES})(?=\s|关于|$)")
_NUMBER_LINE = re.compile(
    rf"[（(]?(?P<number>[{HAN}（）]{{2,16}}\s*[〔\[［﹝(（【]\s*\d{{4}}\s*[〕\]］﹞)）】]\s*第?\s*\d{{1,5}}\s*号)[）)]?"
)
_ORDER_HEAD = re.compile(rf"[{HAN}]{{2,20}}令")
_RELEASE = re.compile(r"[（(]\s*(?P<words>此件[^）)]{2,16}|(?:主动|依申请|部分)公开|不予公开)\s*[）)]")
_RECIPIENTS = re.compile(r"^(?P<who>[^。；;]{3,200})[:：]$")
_NUMBERED = re.compile(
    r"第[一二三四五六七八九十\d]+[章节条]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]"
)
_MAYOR = re.compile(rf"(?:代?省长|代?市长|代?县长|代?区长|主任|局长)\s*+(?:[:：]\s*+)?[{HAN}\s]{{2,6}}")
_PROMULGATED = re.compile(r"^《(?P<title>.+?)》(?:已经|已于|业经|经)")
# Here and below, white space is taken possessively (\s*+): several runs of it side by side would be tried in n² ways.
_RULE = re.compile(
    rf"(?:[自从于]\s*+)?(?P<from>(?:(?<=自)本[{HAN}]{{2,8}}?)?(?:发布|公布|印发|下发|颁布|签发|发文)之日"
    rf"(?:起\s*+\d*+\s*+[一二三四五六七八九十]*+\s*+日?)?|{DATE.pattern})"
    r"\s*+(?:后|起|开始)?\s*+(?:正式)?(?P<verb>施行|实施|执行|生效|起效)"
)
_TERM = re.compile(
    rf"有效期(?:限)?(?:为|至|到|是)?\s*+(?:[:：]\s*+)?(?:(?P<until>{DATE.pattern})"
    r"|(?P<years>\d{1,2}|[一二两三四五六七八九十]{1,2})\s*年)"
)
_ATTACHMENT_HEAD = re.compile(r"附\s*(?:件|图|表)\s*(?:\d{1,2}\s*[.．、]?|[一二三四五六七八九十]+、)?\s*[:：]?\s*")
_ATTACHMENT_ITEM = re.compile(
    r"^(?P<kind>附\s*[件图表])?\s*[:：]?\s*(?:(?P<number>\d{1,2})\s*[.．、:：])?\s*(?P<title>.*)$"
)
_LONGEST_ENTRY = 200  # characters of a line that names an attachment
_ABSENT = re.compile(
    r"[（(](?=[^（()）]*?见[^（()）]*?(?:网络版|网站|网页|官网|附件另发))[^（()）]*+[）)]|[（(]略[）)]"
)


@dataclass(frozen=True, slots=True)
class Particulars:
    """The fields of `index.records.Notice` of the same names."""

    document_number: str
    issuing_authorities: tuple[str, ...]
    place: Place
    signed_on: date | None
    effective_on: date | None
    effective_rule: str
    expires_on: date | None
    validity: str
    public_release: str
    recipients: tuple[str, ...]
    references: tuple[Reference, ...]
    attachments: tuple[Attachment, ...]
    promulgated_title: str  # an order's: 《…》已经…审议通过


def read_particulars(title: str, lines: Sequence[str], spans: Sequence[Span], after_title: int) -> Particulars:
    """Read one notice, given as its paragraphs; `after_title` is the first paragraph after the title."""
    body = lines[after_title:]
    signature = _signature(body)
    recipients = _recipients(body)
    authorities = _authorities(title, lines, signature)
    rule, effective_on = _effective(body)
    signed_on = signature.signed_on or _delivered_on(body)
    validity, expires_on = _term(body, effective_on or signed_on)
    return Particulars(
        document_number=_number(lines),
        issuing_authorities=authorities,
        place=_place(authorities, title, recipients),
        signed_on=signed_on,
        effective_on=effective_on,
        effective_rule=rule,
        expires_on=expires_on,
        validity=validity,
        public_release=next((m["words"] for line in lines if (m := _RELEASE.fullmatch(line.strip()))), ""),
        recipients=recipients,
        references=references(title, lines, spans, after_title),
        attachments=_attachments(lines, spans, after_title),
        promulgated_title=next((outer(m["title"]) for line in body[:6] if (m := _PROMULGATED.match(line))), ""),
    )


def document_type_of(title: str) -> DocumentType:
    """文种, by the last words of a title."""
    plain = re.sub(r"[（(][^）)]*[）)]$", "", squeeze(title))
    for ending, found in _TYPE_ENDINGS:
        if plain.endswith(ending):
            return found
    return DocumentType.OTHER


_TYPE_ENDINGS: tuple[tuple[str, DocumentType], ...] = (
    ("政策解读", DocumentType.EXPLAINER),
    ("工作报告", DocumentType.WORK_REPORT),
    *((t.value, t) for t in DocumentType if t not in (DocumentType.OTHER, DocumentType.EXPLAINER)),
    *((ending, DocumentType.REGULATION) for ending in ("规定", "条例", "细则", "规则")),
    *((ending, DocumentType.PLAN) for ending in ("规划", "计划", "预案", "行动")),
    ("复函", DocumentType.LETTER),
)


def _number(lines: Sequence[str]) -> str:
    """The number that stands on a line of its own, wherever that is; for an order …令 and 第N号 on two lines."""
    for line in lines:
        found = _NUMBER_LINE.fullmatch(line.strip())
        if found:
            return str(DocumentNumber.parse(found["number"]))
    for line, following in pairwise(lines):
        if _ORDER_HEAD.fullmatch(line) and re.fullmatch(r"第\s*\d{1,4}\s*号", following):
            return str(DocumentNumber.parse(line + following))
    return ""


# ── who and when ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Signature:
    """Authorities and the date under them."""

    authorities: tuple[str, ...]
    signed_on: date | None


def _signature(body: Sequence[str]) -> _Signature:
    """The first signature: lines that name an authority (or a mayor), and a line that is a date."""
    for i, line in enumerate(body):
        day = parse_date(line) if DATE.fullmatch(line.strip()) else None
        if day is None:
            continue
        above: list[str] = []
        j = i - 1
        while j >= 0 and i - j <= 8 and (AUTHORITY.fullmatch(body[j].strip()) or _MAYOR.fullmatch(body[j].strip())):
            above.insert(0, body[j].strip())
            j -= 1
        if above:
            return _Signature(tuple(a for a in above if AUTHORITY.fullmatch(a)), day)
    return _Signature((), None)


def _delivered_on(body: Sequence[str]) -> date | None:
    """The day on which a report was delivered: ——2023年3月29日在…会议上."""
    return next((parse_date(line) for line in body[:3] if re.match(r"—*\s*\d{4}年.*会议上", line)), None)


def _authorities(title: str, lines: Sequence[str], signature: _Signature) -> tuple[str, ...]:
    head = title.split("关于", 1)[0].strip() if "关于" in title else ""
    named = tuple(part for part in head.split() if AUTHORITY.fullmatch(part))
    if named:
        return named
    for line in lines[:4]:
        if _ORDER_HEAD.fullmatch(line):
            return (line.removesuffix("令"),)
    if signature.authorities:
        return signature.authorities
    for line in lines[:3]:
        congress = re.search(rf"在([{HAN}]{{2,6}}?[省市县区])第", line)
        if congress and "人民代表大会" in line:
            return (congress[1] + "人民政府",)
    return ()


def _place(authorities: Iterable[str], title: str, recipients: Sequence[str]) -> Place:
    """The city of the issuing authority; the county where it, or the one authority addressed, is a county's. Where no
    authority tells it, that with which one, or the title, begins: a province, where it is a province's.
    """
    city = county = ""
    for name in authorities:
        found = re.match(
            rf"(?:[{HAN}]{{2,3}}省)?(?P<city>[{HAN}]{{2,4}}?市)?(?P<county>[{HAN}]{{1,4}}?[县区旗])?", name
        )
        if found and (found["city"] or found["county"]):
            city, county = found["city"] or "", found["county"] or ""
            break
    if not county and len(recipients) == 1:
        one = re.fullmatch(rf"(?:{city})?([{HAN}]{{2,4}}[县市区])人民政府", recipients[0])
        county = one[1] if one and "各" not in one[1] and one[1] != city else ""
    if not city:
        named = (beginning(name) for name in (*authorities, title))
        known, own = next((each for each in named if any(each)), ("", ""))
        return Place(known, county or own)
    return Place(city, county)


def _recipients(body: Sequence[str]) -> tuple[str, ...]:
    """The main recipients: the first paragraph near the top that ends with a colon and names offices.

    They stand before whatever is numbered: `第二条 供水单位应当：` names none.
    """
    for line in body[:8]:
        if _NUMBERED.match(line):
            break
        found = _RECIPIENTS.match(line.strip())
        if found and re.search("政府|各[^位]|单位|部门|局|委|公司|办", found["who"]) and "如下" not in found["who"]:
            return tuple(part for part in _split_top(found["who"]) if part)
    return ()


def _split_top(text: str) -> list[str]:
    """Split at commas, and at 、 where an office stands on both sides (`各委、办、局` stays whole)."""
    parts: list[str] = []
    for piece in re.split("[，,]", text):
        offices = piece.split("、")
        if all(re.search(r"(?<!各).[局会府]$", office) for office in offices):
            parts.extend(offices)
        else:
            parts.extend(re.split(r"(?<=[会局府位门行司])、(?=各|[^、]{4,})(?![^（(]*[）)])", piece))
    return [squeeze(part) for part in parts]


# ── from when, how long, instead of what ────────────────────────────────────────────────────────────────────────


def _effective(body: Sequence[str]) -> tuple[str, date | None]:
    """The rule that says from when the notice holds, and its date where it states one.

    The last such sentence decides that speaks of the notice itself: 本办法自…起施行, 现予公布，自…起施行, 8.4
    …自印发之日起实施.
    """
    rule, effective_on = "", None
    for line in body:
        for found in _RULE.finditer(line):
            before = line[max(0, found.start() - 12) : found.start()].rstrip()
            start = line[max(0, found.start() - 40) : found.start()].rstrip("，, ")
            about_itself = re.search(
                rf"(?:本|此)[{HAN}]{{1,8}}$|印发给你们$|公布$|发布$|通知$|自本[{HAN}]{{2,4}}$", start
            )
            if not about_itself and not re.search(
                rf"本[{HAN}（）]{{1,10}}[，,]?$|^[\d.\s（）一二三四五六七八九十、]*$|[。；]$", before
            ):
                continue
            day = parse_date(found["from"])
            if day is None and effective_on is not None:
                continue
            rule = squeeze(found.group())
            effective_on = day or effective_on
    return rule, effective_on


def _term(body: Sequence[str], since: date | None) -> tuple[str, date | None]:
    """How long the notice holds, and the last day of a stated term, which begins with the day `since`.

    That is the day from which the notice holds; 自印发之日起有效期五年 counts from the day under the signature.
    """
    for line in reversed(body):
        found = _TERM.search(line)
        if found is None or re.search(
            r"(?:证|许可|合同|结果|报告|评价|通知书|数据)[^，。；]{0,8}$", line[: found.start()]
        ):
            continue
        if found["until"]:
            return squeeze(found.group()), parse_date(found["until"])
        years = number_value(found["years"])
        return squeeze(found.group()), add_years(since, years) if since and years else None
    return "", None


# ── attachments ─────────────────────────────────────────────────────────────────────────────────────────────────


def _attachments(lines: Sequence[str], spans: Sequence[Span], after_title: int) -> tuple[Attachment, ...]:
    """The attachments that the notice lists (附件：1.… 2.…), and whether their text follows."""
    found: dict[tuple[int | None, str], Attachment] = {}
    heads: _Heads | None = None
    i = after_title
    while i < len(lines):
        if not _opens_list(lines[i]):
            i += 1
            continue
        heads = heads or _Heads(lines)
        entries, i = _list_entries(lines, i)
        for number, title in entries:
            if title and (number, normal(title)) not in found:
                at = heads.first(number, title, i)
                span = None if at is None else Span(spans[at].start, spans[-1].end)
                found[number, normal(title)] = Attachment(number, title, span is not None, span)
    return tuple(found.values())


def _opens_list(line: str) -> bool:
    return len(line) <= 120 and re.match(r"附\s*[件图表]\s*\d{0,2}\s*[:：.．]\s*\S", line) is not None


def _list_entries(lines: Sequence[str], i: int) -> tuple[list[tuple[int | None, str]], int]:
    """The entries of a list that opens at i, and the paragraph after it."""
    entries: list[tuple[int | None, str]] = []
    first = i
    while i < len(lines):
        line = lines[i].strip()
        if len(line) > _LONGEST_ENTRY or re.fullmatch(r"附\s*件\s*\d*\s*[:：]?", line):
            break
        found = _ATTACHMENT_ITEM.match(line)
        opens = bool(found and (found["number"] or found["kind"]))
        unnumbered = i > first and len(entries) > 1 and re.search("[。：:]", line) is None and len(line) <= 40
        if re.fullmatch(r"[（(].{1,40}[）)]", line) and entries:
            if _ABSENT.search(line) or "详见" in line:
                i += 1
                break
            number, title = entries[-1]
            entries[-1] = (number, title + squeeze(line))
        elif opens and found:
            labelled = re.match(r"附\s*[件图表]\s*(\d{1,2})", line)
            digits = found["number"] or (labelled[1] if labelled else "")
            value = int(digits) if digits else None
            title = found["title"] if found["number"] else re.sub(_ATTACHMENT_HEAD, "", line, count=1)
            entries.append((value, squeeze(_ABSENT.sub("", title))))
        elif unnumbered and not AUTHORITY.fullmatch(line) and not DATE.fullmatch(line):
            entries.append((None, squeeze(_ABSENT.sub("", line))))
        else:
            break
        i += 1
    return entries, i


class _Heads:
    """Where an attachment's text may begin: at 附件2, or at its title on one paragraph or two."""

    def __init__(self, lines: Sequence[str]) -> None:
        plain = [normal(line) for line in lines]
        self._at: dict[str, list[int]] = defaultdict(list)
        for i, (line, following) in enumerate(pairwise(plain)):  # a head is never the last paragraph
            label = re.fullmatch(r"附件(\d{0,2}):?", line)
            for key in {line, line + following, f"附件{label[1]}" if label else line}:
                self._at[key].append(i)

    def first(self, number: int | None, title: str, after: int) -> int | None:
        """The first such paragraph from `after` on; 附件 without a number opens any attachment."""
        found: list[int] = []
        for key in {normal(title), f"附件{number or ''}", "附件"}:
            places = self._at.get(key, [])
            found.extend(places[bisect_left(places, after) :][:1])
        return min(found, default=None)
