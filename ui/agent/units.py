"""Whom to pass a matter on to: the units that the cited notice itself names for it. Pure.

A notice names them behind a label at the end of a paragraph （责任单位：市发改委、市交通局；配合单位：…）, on a line
of its own, in a column of a table (承办单位), or as who does something (由市民政局负责). Those that stand nearest
behind the cited words count; where none does, the issuing authorities do. Every name is made of the notice's own
characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from index.provisions import innermost
from index.records import Notice, Provision, ProvisionKind, Span
from index.text import HAN
from ui.agent.records import Unit

ISSUER = "发文机关"
_ROLES = ("牵头", "责任", "承办", "主管", "实施", "配合", ISSUER)
_LABEL = re.compile(
    r"(?P<role>牵头|责任|承办|主管|实施|配合|协办|参与|主办)(?:责任)?(?:单位|部门)(?:及责任人)?\s*[：:]\s*",
    re.MULTILINE,
)
_OPEN, _CLOSE = "（(〔[【", "）)〕]】"
_ENDS = "。！？!?"
_PARTED = "、，,；;\n"
_VERB = re.compile(
    r"(?:按(?:照)?(?:各自)?职责分工)?(?:等)?(?:分别)?(?P<role>牵头|配合|负责|落实|承办|主办|协办|参与|监督指导|指导)(?:负责|落实|实施|办理)?$"
)
_ROLE_OF_VERB = {"牵头": "牵头", "配合": "配合", "参与": "配合", "协办": "配合", "承办": "承办", "主办": "牵头"}
_KIND = (
    "人民政府|政府|管委会|管理委员会|委员会|办公室|政府办|指挥部|领导小组|专班|检察院|法院|服务中心|中心|支队|大队|总队|集团|公司|银行"
    "|协会|联合会|总工会|残联|妇联|工会|办事处|分行|分局|海关|研究院|部门|局|厅|委|办|院|站|所|处|队"
)
_UNIT = re.compile(rf"[{HAN}（）()、A-Za-z0-9]{{1,30}}?(?:{_KIND})")
_DOES = re.compile(
    rf"(?:由|向)(?P<names>[{HAN}、（）()]{{2,40}}?(?:{_KIND}))(?=(?:会同|牵头|负责|承办|组织|受理|审批|审核|认定|提出|申请|登记|备案))"
)
_FURTHEST = 400  # characters behind the cited words within which a label still speaks of them
_BETWEEN_LABELS = 4  # characters, of punctuation
_MOST = 12


def units(cited: Iterable[tuple[Notice, Sequence[Provision], Span]]) -> tuple[Unit, ...]:
    """The units named for these stretches, those in the lead first, each once; the issuing authorities where none is.

    `cited`: notice, its provisions, the cited stretch of its repaired text.
    """
    stretches = list(cited)
    found = [unit for stretch in stretches for unit in _named(*stretch)]
    if not found:
        found = list(issuers(notice for notice, _, _ in stretches))
    found.sort(key=lambda unit: _ROLES.index(unit.role))
    once = {unit.name: unit for unit in reversed(found)}
    return tuple(unit for unit in found if once[unit.name] is unit)[:_MOST]


def issuers(notices: Iterable[Notice], role: str = ISSUER) -> tuple[Unit, ...]:
    """The issuing authorities of notices, each once."""
    named = {name: notice for notice in reversed(list(notices)) for name in reversed(notice.issuing_authorities)}
    return tuple(Unit(name, role, notice.id, _span_of(notice.text, name)) for name, notice in reversed(named.items()))[
        :_MOST
    ]


def _named(notice: Notice, tree: Sequence[Provision], span: Span) -> Iterator[Unit]:
    yield from _of_row(notice, tree, span)
    end = _reach(tree, span, len(notice.text))
    yield from (
        _of_label(notice, span.start, end)
        if _LABEL.search(notice.text, span.start, end)
        else (_of_bracket(notice, span.end, end))
    )
    for done in _DOES.finditer(notice.text, span.start, span.end):
        for name, start in _parts(notice.text, done.start("names"), done.end("names")):
            if _UNIT.fullmatch(name):
                yield Unit(name, "责任", notice.id, Span(start, start + len(name)))


def _of_row(notice: Notice, tree: Sequence[Provision], span: Span) -> Iterator[Unit]:
    """The cell of the same row whose column is called 责任单位."""
    for row in tree:
        if row.kind is not ProvisionKind.ROW or not any(cell.span.overlap(span) for cell in row.cells):
            continue
        for cell in row.cells:
            label = _LABEL.match(f"{cell.column}：")
            if label:
                yield from _listed(notice, cell.span, _role(label["role"]))


def _of_label(notice: Notice, start: int, end: int) -> Iterator[Unit]:
    """The first labels behind the cited words. 牵头单位：…；配合单位：… stand together; what comes later is of another
    matter.
    """
    label = _LABEL.search(notice.text, start, end)
    while label is not None:
        stop = _stop(notice.text, label.end(), end)
        yield from _listed(notice, Span(label.end(), stop), _role(label["role"]))
        following = _LABEL.search(notice.text, stop, end)
        label = following if following and following.start() <= stop + _BETWEEN_LABELS else None


def _of_bracket(notice: Notice, start: int, end: int) -> Iterator[Unit]:
    """（市人社局、市教育局等按职责分工负责）: a bracket behind the cited words that holds nothing but units."""
    for opened in re.finditer(r"[（(〔]", notice.text[start:end]):
        first = start + opened.end()
        inside = Span(first, max(first, _stop(notice.text, first, end)))
        named = [_VERB.sub("", name) for name, _ in _parts(notice.text, inside.start, inside.end)]
        if named and all(map(_UNIT.fullmatch, named)):
            yield from _listed(notice, inside, "责任")
            return


def _reach(tree: Sequence[Provision], span: Span, length: int) -> int:
    """Where the matter of the cited words ends: with the smallest provision that holds more than a heading or an item
    of them, at most _FURTHEST on. A line of its own behind the last item belongs to the item.
    """
    home = innermost(tree, max(span.start, span.end - 1))
    end = span.end
    while home is not None:
        end = max(end, home.span.end)
        if home.kind in (ProvisionKind.ARTICLE, ProvisionKind.HEADING, ProvisionKind.SECTION, ProvisionKind.CHAPTER):
            break
        home = tree[home.parent] if home.parent is not None else None
    return min(end, span.end + _FURTHEST, length)


def _stop(text: str, start: int, end: int) -> int:
    """Where a list of units ends: at the bracket that closes it, the end of the sentence, or the next label."""
    depth = 0
    following = _LABEL.search(text, start, end)
    last = min(end, following.start() if following else end)
    for at in range(start, last):
        if text[at] in _OPEN:
            depth += 1
        elif text[at] in _CLOSE:
            if not depth:
                return at
            depth -= 1
        elif text[at] in _ENDS or (text[at] == "\n" and not depth):
            return at
    return last


def _listed(notice: Notice, span: Span, role: str) -> Iterator[Unit]:
    """The names of a list, each with its part: 市住建局牵头，市城市管理局、市生态环境局配合."""
    group: list[tuple[str, int]] = []
    for name, start in _parts(notice.text, span.start, span.end):
        verb = _VERB.search(name)
        bare = name[: verb.start()] if verb else name
        if _UNIT.fullmatch(bare) or (len(bare) >= 2 and bare == name and not verb and _plausible(bare)):
            group.append((bare, start))
        if verb or start + len(name) >= span.end or notice.text[start + len(name)] in "，,；;":
            spoken = _ROLE_OF_VERB.get(verb["role"], role) if verb else role
            yield from (Unit(each, spoken, notice.id, Span(at, at + len(each))) for each, at in group)
            group = []
    yield from (Unit(each, role, notice.id, Span(at, at + len(each))) for each, at in group)


def _plausible(name: str) -> bool:
    """A name that ends like no office may still be one, if nothing else stands in it: 市编办, 省电力."""
    return len(name) <= 10 and re.fullmatch(rf"[市省县区各][{HAN}]+", name) is not None


def _parts(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """What commas and pauses outside brackets part, white space trimmed: (name, where it begins)."""
    depth, first = 0, start
    for at in range(start, end + 1):
        mark = text[at] if at < end else "、"
        if mark in _OPEN and at < end:
            depth += 1
        elif mark in _CLOSE and at < end:
            depth = max(0, depth - 1)
        elif mark in _PARTED and (depth == 0 or at == end):
            raw = text[first:at]
            name = raw.strip()
            if name:
                yield name, first + len(raw) - len(raw.lstrip())
            first = at + 1


def _role(said: str) -> str:
    return {"协办": "配合", "参与": "配合", "主办": "牵头"}.get(said, said)


def _span_of(text: str, name: str) -> Span | None:
    at = text.find(name)
    return Span(at, at + len(name)) if at >= 0 else None
