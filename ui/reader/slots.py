"""Where in a notice's page `#第十二条` leads: an id for each line that begins a provision. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.records import Provision, ProvisionKind

_ODD = re.compile(r"[^\w（）()“”.、-]+")
_IN_TABLES = (ProvisionKind.TABLE, ProvisionKind.ROW)
_HEADED = (ProvisionKind.CHAPTER, ProvisionKind.SECTION, ProvisionKind.HEADING, ProvisionKind.ATTACHMENT)
_NUMBERED = (*_HEADED, ProvisionKind.ARTICLE, ProvisionKind.ITEM, ProvisionKind.SUBITEM)
CITED = "cited"  # the id of the cited words


def slots(tree: Sequence[Provision]) -> Mapping[int, str]:
    """By offset of a line, its id: the address that people use, without blanks.

    The number of an article or a heading that occurs again (a gazette may print 第十四条 twice) is told apart:
    第十四条-2. A paragraph that has no address but that of its heading gets none. A heading without an address, such as
    the title of a document that is issued with the notice, is called by its offset.
    """
    named: dict[int, str] = {}
    taken = {CITED}
    for provision in tree:
        start = provision.span.start
        if provision.kind in _IN_TABLES or provision.kind is ProvisionKind.TITLE or start in named:
            continue
        slot = _ODD.sub("", provision.address) or (f"at-{start}" if provision.kind in _HEADED else "")
        if provision.kind in _NUMBERED:
            slot = _free(slot, taken)
        if slot and slot not in taken:
            named[start] = slot
            taken.add(slot)
    return named


def _free(slot: str, taken: set[str]) -> str:
    if slot not in taken:
        return slot
    again = 2
    while f"{slot}-{again}" in taken:
        again += 1
    return f"{slot}-{again}"
