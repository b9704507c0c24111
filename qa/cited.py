"""A clause → the provisions of its own notice that it rests on: 违反本条例第十五条规定的 → 第十五条. Pure.

A penalty names what it punishes by number alone. Read by itself it says nothing of the deed; with the provision that
forbids it, it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.records import Notice, Provision, ProvisionKind, Span
from index.text import number_value, numeral

_ORDINAL = r"[一二三四五六七八九十百零〇\d]{1,5}"
_OWN = r"本(?:条例|办法|规定|细则|规则|规范|通告|通知|方案|预案)|(?<=违反)(?=第)|(?<=前款)(?=第)"
_PLACE = (
    rf"第(?P<article>{_ORDINAL})条(?:第(?P<paragraph>{_ORDINAL})款)?"
    rf"(?P<items>(?:[、和及或至到]?第?[（(]?{_ORDINAL}[）)]?项?(?=[、和及或至到第（(）)项]))*项)?"
)
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _PLACE)
_NAMED = re.compile(rf"(?:{_OWN}){_UNNAMED}(?:(?:[、，和及或]|以及)+{_UNNAMED})*")
_EACH = re.compile(_PLACE)
_ITEM = re.compile(_ORDINAL)
_BEFORE = re.compile("前款|上款")
_ONE = 120  # characters of a provision that are read with the clause
MOST = 2  # provisions
_MOST_COUNTED = 9999  # that `numeral` spells


def cited(notice: Notice, tree: Sequence[Provision], home: Provision | None, text: str) -> tuple[Span, ...]:
    """Where the provisions stand that a stretch in `home` rests on, in its order; the first of each's words."""
    addresses = dict.fromkeys((*_addresses(text), *_paragraph_before(home, text)))
    if not addresses:
        return ()
    by_address = {provision.address: provision for provision in tree}
    found: list[Span] = []
    for address in addresses:
        provision = by_address.get(address)
        if provision and provision is not home:
            found.append(_opening(notice, provision))
    return tuple(found[:MOST])


def _addresses(text: str) -> Iterator[str]:
    for named in _NAMED.finditer(text):
        for place in _EACH.finditer(named.group()):
            article = f"第{_counted(place['article'])}条"
            paragraph = _counted(place["paragraph"] or "一")
            whole = article if paragraph == "一" else f"{article}第{paragraph}款"
            items = [_counted(item) for item in _ITEM.findall(place["items"] or "")]
            yield from (f"{whole}第（{item}）项" for item in items)
            if not items:
                yield whole


def _paragraph_before(home: Provision | None, text: str) -> Iterator[str]:
    if home is None or home.kind is not ProvisionKind.PARAGRAPH or not _BEFORE.search(text):
        return
    at = re.fullmatch(rf"(?P<article>第.+条)第(?P<paragraph>{_ORDINAL})款", home.address)
    paragraph = number_value(at["paragraph"]) if at else None
    if at and paragraph and paragraph > 1:
        yield at["article"] if paragraph == 2 else f"{at['article']}第{_counted(str(paragraph - 1))}款"


def _counted(ordinal: str) -> str:
    """As articles are numbered; what no notice counts to, as it stands."""
    value = number_value(ordinal)
    return numeral(value) if value and value <= _MOST_COUNTED else ordinal


def _opening(notice: Notice, provision: Provision) -> Span:
    """Its first words, as far as a clause's end."""
    start, end = provision.span.start, min(provision.span.end, provision.span.start + _ONE)
    line = notice.text.find("\n", start, end)
    if provision.kind is not ProvisionKind.ARTICLE or line < 0:
        return Span(start, end)
    return Span(start, end if notice.text[line - 1] in "：:" else line)
