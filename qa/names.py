"""Text → the names in it: offices by the end of their name, persons by what stands around theirs. Pure.

An office is known by what stands right before its kind: 市商务局, 大同市商务局 and 由商务局 all name 商务局. So a name
stands in a text where that part of it does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from index import thesaurus
from index.text import HAN, normal

_KIND = (
    "人民政府|政府|管委会|委员会|办公室|指挥部|领导小?组|工作专班|联席会议|检察院|法院|监督所|服务中心|中心|支队|大队|总队"
    "|集团|公司|医院|银行|协会|联合会|工会|法学会|派出所|办事处|部门|局|厅|委(?!会)|部(?=[负牵按会协为是、，。；,;)]|$)"
)
_OFFICE = re.compile(rf"(?P<before>[{HAN}]{{1,20}}?)(?P<kind>{_KIND})(?![托员任派限面势]|部(?!门))")
_NO_OFFICE = re.compile(
    r"[布格结当开全大破变定战僵出残]局|(?<![财民邮])政局|[政党省市县区编常]委$"
    r"|(?:有关|相关)部门$|[干全内外总支大局几数多]部$|^哪"
    r"|^(?:责任|主管|牵头|配合|其他|职能|监管|管理|执法|所在|直属|成员|分管|组成)部门$"
    r"|^(?:支持|鼓励|引导|扶持|帮助)(?:公司|集团|银行|医院|协会)$|个部门$"
    r"|^各|^以[上下]|^人民政府$|[二两三四五六七八九十]大中心|中心(?:城|组|任务|工作|思想)"
)
# after these a name begins: 由市商务局, 向当地医保局, 省、市生态环境局
_BEFORE_A_NAME = re.compile(
    r".*(?:(?<!建)设立?|市(?!场)|[由向和与及到在归是为对请经让找受按的各县区省州盟旗乡镇本该某级属地辖立同报被将把等要括含或其跟])"
)
_LONGEST = 4  # characters before the kind that tell one office from the next
_GAP = 4  # characters that a short name leaves out at a time: 住房和城乡建设局 → 住建局
_PARTS_OFFICES = frozenset("政府局委市县省、，。；")  # no short name reaches across these, but for 城市管理局: 城管局
# a body that a notice sets up is named after what the notice is about, and known by who sits in it
_BODY = re.compile("(?P<matter>.+?)(?:指挥部|(?:工作)?领导小?组|(?:工作)?专班|联席会议)")
_LONGEST_BODY = 12  # characters of one that may be short for another: 扬尘整治领导小组
_SEATS = re.compile("组长|指挥长|召集人|成员|指挥部|领导小组|专班")
_SHORTEST, _LONGEST_SHORT = 3, 4
_BODY_OF_OFFICE = re.compile("(?:局|委|厅|部门|委员会|中心|机构|机关|企业|联合会|支队|大队)$")
_OF_MATTER = re.compile("(?P<matter>.{2,8}?)(?:行政)?(?:主管)?(?:局|厅|委员会|委|部门)")
_SHORT_MATTER = 4  # characters: 文旅 for 文化和旅游, 市场监管 for 市场监督管理
_PLAIN_OFFICE = re.compile("行政(?=主管部门|部门)|主管(?=部门)")
_EACH_OF_OFFICES = re.compile(r"(?=、[^，。；:]{1,30}部门)")  # 水利、生态环境部门: each of them is a 部门
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭鲁韦马苗凤方俞任袁柳鲍史唐费薛"
    "雷贺倪汤滕殷罗毕郝安常乐于傅齐康伍余元卜顾孟平黄和穆萧尹姚邵汪毛狄贝明臧戴谈宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾路江童颜"
    "郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房解应丁宣邓洪包左石崔吉龚程邢裴陆荣翁荀羊甄封储靳段焦巴侯宫宁仇甘武符刘"
    "景詹束龙叶司韶黎薄白怀蒲卓池乔胥闻党翟谭贡姬申扶冉桑桂牛燕尚农温庄晏柴阎慕连艾易廖文冷辛那简饶曾关游权岳闫牟仝"
)
# a name of two or three characters, where what stands around it says that it is one
_NAMED = f"[{_SURNAMES}][{HAN}]{{1,2}}?"
_IN_OFFICE = re.compile(
    rf"(?:组长|主任|书记|局长|科长|市长|县长|区长|秘书长|召集人|指挥长|主席|成员|总经理|院长)(?:是|为|由|:)(?P<after>{_NAMED})"
    rf"(?=[,，。;；、(（兼担任同]|市|县|省|$)|(?<![{HAN}])(?P<first>{_NAMED})(?=是[{HAN}]{{0,16}}[长任记席]|同志|兼任|担任)"
    rf"|由(?P<by>{_NAMED})(?=兼任|担任|任)"
)
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


def holders(text: str) -> frozenset[str]:
    """Who holds an office, by a surname and what stands around the name: 组长：武跃飞, 由孙铁玲兼任."""
    found = (m["after"] or m["first"] or m["by"] for m in _IN_OFFICE.finditer(normal(text)))
    return frozenset(name for name in found if not _OFFICE.search(name))


def stands_named(name: str, text: str) -> bool:
    """Whether a text holds a name that `names` found."""
    return name in normal(text)


def stands_shortened(name: str, plain: str) -> bool:
    """Whether a text in normal form holds the longer name of which an office's is short.

    住建局 is short for 住房和城乡建设局; and 卫生健康、民政部门 names the 卫生健康部门, too,
    工作专班下设办公室 the 专班办公室.
    """
    if name.endswith("部门") and re.search(f"{re.escape(name[:-2])}(?:、[^，。；]{{1,20}})?部门", plain):
        return True
    body = _BODY.fullmatch(name)
    if body and len(name) <= _LONGEST_BODY and any(_spelt_from(name, plain, at) for at in _starts(name, plain)):
        return True
    if body and _SEATS.search(plain) and body["matter"] in plain:
        return True
    head = name.removesuffix("办公室")
    if head != name and re.search(f"{re.escape(head)}[的下]?设?立?办公室", plain):
        return True
    if head != name and head in plain and re.search("(?:^|[，。；,;])办公室", plain):  # of the body in the title
        return True
    if not _SHORTEST <= len(name) <= _LONGEST_SHORT:
        return False
    told = plain.replace("城市", "城区")
    return any(_spelt_from(name, told, at) for at in _starts(name, told))


def stands_called(name: str, plain: str) -> bool:
    """Whether a text in normal form has an office under another name: 环保局 is the 生态环境部门 of the thesaurus, and
    教育局 are the 教育、民政部门, or the other way round.
    """
    if _firm(name) and re.search(f"{re.escape(name[:-2])}(?:服务|股份|有限|责任|经营)*(?:公司|企业|单位|者)", plain):
        return True
    if any(term in plain for term in _also_called().get(name, ())):
        return True
    of = _OF_MATTER.fullmatch(name)
    if not of:
        return False
    told = _PLAIN_OFFICE.sub("", _EACH_OF_OFFICES.sub("部门", plain))
    matter = of["matter"]
    short = f"{matter}部门"
    near = len(matter) <= _SHORT_MATTER and any(_spelt_from(short, told, at) for at in _starts(short, told))
    return short in told or near or re.search(f"{re.escape(matter)}(?:局|厅|委|机关|机构)", plain) is not None


@cache
def _also_called() -> dict[str, set[str]]:
    """The offices of the thesaurus by each name of theirs that it gives for certain."""
    found: dict[str, set[str]] = defaultdict(set)
    for lay, terms in thesaurus.load().groups.items():
        called = {word for word, weight in ((lay, 1.0), *terms) if weight >= 1 and _BODY_OF_OFFICE.search(word)}
        for name in called:
            found[name] |= called - {name}
    return found


def _firm(name: str) -> bool:
    return name.endswith(("公司", "企业", "单位")) and len(name) > _SHORTEST


def _starts(name: str, plain: str) -> Iterator[int]:
    """Where its first character stands."""
    return (at for at, character in enumerate(plain) if character == name[0])


def _spelt_from(name: str, plain: str, at: int) -> bool:
    """Whether the characters of a short name follow one another from here on, with small gaps."""
    for character in name[1:]:
        reach = plain[at + 1 : at + 2 + _GAP]
        gap = reach.find(character)
        if gap < 0 or _PARTS_OFFICES & set(reach[:gap]):
            return False
        at += 1 + gap
    return True
