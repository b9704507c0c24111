"""Text → the names in it: offices by the end of their name, persons by what stands around theirs. Pure.

An office is known by what stands right before its kind: 市商务局, 大同市商务局 and 由商务局 all name 商务局. So a name
stands in a text where that part of it does.
"""

from __future__ import annotations

import re

from index.text import HAN, normal

_KIND = (
    "人民政府|政府|管委会|委员会|办公室|指挥部|领导小组|工作专班|联席会议|检察院|法院|监督所|服务中心|中心|支队|大队|总队"
    "|集团|公司|医院|银行|协会|联合会|工会|法学会|局|厅|委"
)
_OFFICE = re.compile(rf"(?P<before>[{HAN}]{{1,20}}?)(?P<kind>{_KIND})(?![托员任派部限面势])")
_NO_OFFICE = re.compile(
    r"[布格结当开全大破变定战僵出残]局|(?<![财民邮])政局|[政党省市县区编常]委$"
    r"|^各|^以[上下]|^人民政府$|中心(?:城|组|任务|工作|思想)"
)
# after these a name begins: 由市商务局, 向当地医保局, 省、市生态环境局
_BEFORE_A_NAME = re.compile(r".*[由向和与及到在归是为对请经让找受按的各市县区省州盟旗乡镇本该某级属地辖立同报被将把]")
_LONGEST = 4  # characters before the kind that tell one office from the next
_PERSON = re.compile(
    rf"(?:任命|免去|聘任|提名)\s*(?P<named>[{HAN}]{{2,4}}?)(?:同志)?(?=为|的|任|担任)"
    rf"|接受\s*(?P<leaving>[{HAN}]{{2,4}}?)(?:同志)?(?=的?辞)|(?P<comrade>[{HAN}]{{2,3}})同志"
)


def names(text: str) -> frozenset[str]:
    """The telling part of each office's name, and who is appointed, resigns or is called 同志; normalised."""
    plain = normal(text)
    found = {m["named"] or m["leaving"] or m["comrade"] for m in _PERSON.finditer(plain)}
    for m in _OFFICE.finditer(plain):
        before = _BEFORE_A_NAME.sub("", m["before"])[-_LONGEST:]
        name = before + m["kind"]
        if len(before) >= 2 and not _NO_OFFICE.search(name):
            found.add(name)
    return frozenset(found)


def stands_named(name: str, text: str) -> bool:
    """Whether a text holds a name that `names` found."""
    return name in normal(text)
