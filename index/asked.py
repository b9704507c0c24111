"""What kind of thing a question asks for, and whether a text holds such a thing. Pure.

“多少钱” asks for money, “几座” for a figure with that very measure, “谁管” for an office. A passage, or a sentence,
without such words cannot be the answer, however much of the question it repeats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from index.text import HAN


class Asked(StrEnum):
    """What kind of thing a question asks for; it steers which words of a notice are an answer."""

    PHONE = "phone"  # the number of a telephone
    AMOUNT = "amount"  # money
    NUMBER = "number"  # any other figure
    DUTY = "duty"  # what an office does
    WHO = "who"  # an office or a person
    WHEN = "when"  # a date
    HOW_LONG = "how-long"  # a term, a deadline counted in days or years
    WHERE = "where"
    LIST = "list"
    YES_NO = "yes-no"
    HOW = "how"  # steps, materials
    EFFECTIVE = "effective"  # from when a notice holds
    VALIDITY = "validity"  # in force, repealed, from when
    COMPARISON = "comparison"
    OTHER = "other"


# without such words there is no answer
SHAPED = (Asked.PHONE, Asked.AMOUNT, Asked.NUMBER, Asked.DUTY, Asked.WHO, Asked.WHEN, Asked.HOW_LONG)

_CUES: tuple[tuple[Asked, re.Pattern[str]], ...] = tuple(
    (asked, re.compile(pattern))
    for asked, pattern in (
        (
            Asked.EFFECTIVE,
            r"(?:什么时候|何时|哪天|啥时候|几号|多会儿|哪年|几月).{0,8}(?:施行|实施|执行|生效|开始算|起算|作数)"
            r"|(?:施行|生效|实施|执行)(?:的)?(?:日期|时间|日子)",
        ),
        (
            Asked.VALIDITY,
            r"有效期|还有效|有效吗|还执行|还适用|还管用|还算数|废止|失效|作废|过期|还能用|能用几年",
        ),
        (
            Asked.COMPARISON,
            r"哪个(?:更)?(?:高|低|多|少|大|早|长)|区别|不同|差别|差多少|相比|分别|各(?:是|为|有|要)?多少|各是",
        ),
        (
            Asked.PHONE,
            r"(?:电话|热线|手机)(?:号码|号)?(?:是|到底是|该打)?(?:多少|几号|啥|什么|哪个)|(?:联系|举报|咨询|投诉|报修|监督|服务)(?:电话|热线|方式)"
            r"|(?:打|拨)(?:哪个|哪一个|几|什么|啥|多少)(?:号|电话|热线)|电话号码",
        ),
        (
            Asked.AMOUNT,
            r"多少钱|几个钱|多少(?:万|亿)?元|几[百千万]?元|几块|几百块|几千块|几万块|赏钱|钱[^，。？]{0,4}多少"
            r"|(?:收费|费用|价格|价钱|地价|房价|金额|工资|补贴|补助|奖励|罚款|赔偿|租金|首付|保费|押金|资助|奖|补|贴|赔|罚|减免|领|拿)"
            r"[^，。？]{0,4}(?:多少|几[百千万])(?![个家户人名座年天次倍项条级])"
            r"|给(?:我|他|她|它|咱)?(?:贴|补|奖|赔|发)?(?:多少|几)(?:$|[？?钱块元万])",
        ),
        (
            Asked.DUTY,
            r"职责(?:是|有|包括|都|[？?]|$)|(?:承担|负责)(?:着|的是)?(?:什么|啥|哪些)(?!时)"
            r"|(?:是|去了?|来了?|里头?|部|局|委|办|组|院|中心|会)(?:要|得|该|都)?(?:干|管|做)(?:什么|啥|哪些)(?:的|事|活)?(?:[？?。]|$)",
        ),
        (
            Asked.WHO,
            r"谁|哪一?个(?:部门|单位|局|机关|领导|科|委|办|衙门|口儿?|官)|哪[些几两二三四]个?(?:部门|单位|局|委|衙门)|什么(?:部门|单位|衙门)"
            r"|(?:责任|牵头|配合|主管|承办)(?:单位|部门)(?:是|有|包括|都)"
            r"|哪[一两二三四五几]?家|哪[儿里头边]管|归哪|归.{0,4}管|找哪|由哪|哪位|哪个来|管这|挑头|挂帅|牵头",
        ),
        (
            Asked.HOW_LONG,
            r"多久|多长时间|多少天|多少个?(?:工作日|小时|月|年)|几天|几年|几个(?:月|工作日|小时|年头)|几小时|期限|时限|有效期|隔多|几日",
        ),
        (
            Asked.WHEN,
            r"什么时候|啥时候|何时|哪天|哪年|哪一年|几号|几月|多会儿|截止|最晚|最迟|几点|啥日子|什么日子",
        ),
        (
            Asked.LIST,
            r"哪些|哪几|有什么|都有啥|有啥|包括什么|几种|几类|几项|哪.{0,2}[个种类条项家方类]|什么条件|哪五|哪四|哪三|哪六|哪两",
        ),
        (
            Asked.NUMBER,
            r"多少|几[个条座户家成倍次级人处所名万亿岁]|(?<![好十百这那前近头后])几个?[张份台辆套期批篇支只棵株间幢栋层部门笔班场轮站](?!门)|百分之|比例|多大|多高|多长|多远|多重|多宽|几分|占比|率|指标|目标",
        ),
        (Asked.HOW, r"怎么|怎样|如何|咋|流程|程序|步骤|手续|材料|证件|带啥|带什么|办理|申请|报名"),
        (Asked.WHERE, r"哪儿|哪里|在哪|去哪|地方|地点|地址|窗口|哪头"),
        (
            Asked.YES_NO,
            r"吗|能不能|可不可以|是不是|是否|会不会|算不算|行不行|要不要|用不用|有没有|管不管|该不该|还给不给|能否|可否|不$",
        ),
    )
)
_CLAUSES = re.compile(r"[，,。；;？?！!]")
_WHOLE = (Asked.EFFECTIVE, Asked.VALIDITY, Asked.COMPARISON)  # of a question as a whole


def asked_of(text: str, context: str = "") -> tuple[Asked, ...]:
    """The kinds of thing that a question asks for, first what its last clause asks for: before it stands the story.

    A bare “那…呢？” asks what the question before it asked.
    """
    found = tuple(asked for asked, cue in _CUES if cue.search(text))
    clauses = [clause for clause in _CLAUSES.split(text) if clause.strip()]
    last = [asked for asked, cue in _CUES if clauses and asked in found and cue.search(clauses[-1])]
    found = tuple(dict.fromkeys((*(last if last and found[0] not in _WHOLE else ()), *found)))
    return found or (asked_of(context) if context else (Asked.OTHER,))


_FITS: Mapping[Asked, re.Pattern[str]] = {
    asked: re.compile(pattern)
    for asked, pattern in (
        (
            Asked.PHONE,
            r"(?<!\d)(?:0\d{2,3}[-—－ ]?\d{7,8}|1\d{10}|[2-8]\d{6,7}|400[-—－]?\d{3}[-—－]?\d{4}"
            r"|11\d|12[0-2]|12\d{3}|9[56]\d{3})(?!\s*[\d.%年月日万亿千百家个人名户元公件所处])",
        ),
        (
            Asked.AMOUNT,
            r"\d[\d.,，]*\s*[（(]?(?:万|亿|千|百)?元|[一二三四五六七八九十百千万]+元|免费|全额|自理|工本费|\d折",
        ),
        (
            Asked.NUMBER,
            rf"\d|百分之|[一二两三四五六七八九十百千万]+(?:个|条|座|户|家|倍|次|级|人|处|所|名|万|亿|项|公里|米|%|类|种|期)|[{HAN}]倍",
        ),
        (
            Asked.WHO,
            r"(?:局|委|办|厅|部门|政府|中心|支队|公司|指挥部|单位|委员会|民政|机关|机构)[^。]{0,30}(?:负责|牵头|主管|组织|受理|承担|实施|协调|解释|启动|宣布|批准|审批|办理|执行)|牵头|责任单位|负责|组\s*长|主任|局长|市长|召集人|任命|指挥长|由[^。]{2,40}组成|由[^。，]{2,24}(?:局|委|办|部门|政府|中心)|向[^。，]{2,30}(?:局|委|办|厅|部门|政府|中心|单位)",
        ),
        (
            Asked.DUTY,
            r"负责|职责|承担|组织(?!部)|协调|指导|监督(?!管理)|参与|落实|做好|开展|统筹|审定|研究(?!院|所)",
        ),
        (
            Asked.WHEN,
            r"\d{4}\s*年|\d{1,2}\s*月(?!份?内)|月底|年底|年初|季度末|[上下]半年|之日|每[年月周日季]|当日|当天|同时",
        ),
        (
            Asked.HOW_LONG,
            r"(?<!\d)\d{1,3}\s*个?(?:工作日|[日天](?!月)|小时|分钟|个?月(?!\d)|年(?!\d))|[一二两三四五六七八九十半]+个?(?:工作日|日|天|小时|个月|年|周)"
            r"|每[年月周日季]|双周|半月|一[日周月季年]一|按[日周月季年]|长期|立即|随时",
        ),
        (
            Asked.WHERE,
            r"窗口|地点|位于|设在|大厅|服务中心|向[^，。]{2,30}(?:提出|申请|报告|递交|提交|备案)|乡镇|街道|到[^，。]{2,20}(?:办理|申请)|列支|从[^，。]{2,20}(?:中|列)",
        ),
        (Asked.LIST, r"、[^、]+、|：|[；;].+[；;]|①|（一）|包括|下列|分别"),
        (
            Asked.YES_NO,
            r"不得|可以|应当|不予|除外|必须|禁止|免|取消|不再|无需|不作为|不包括|严禁|视为|不计入|优先|允许|适用|纳入|要求|限制|可",
        ),
        (
            Asked.HOW,
            r"申请|提交|提供|办理|受理|审核|流程|程序|材料|报[送告批]|经[^，。]{2,20}(?:同意|批准|审核)|按照|步骤|凭",
        ),
        (Asked.EFFECTIVE, r"施行|生效|起(?:正式)?(?:实施|执行)"),
        (
            Asked.VALIDITY,
            r"施行|有效期(?:为|至|到|[\d一二三四五六七八九十])|废止|失效|起(?:正式)?(?:实施|执行|生效)|(?:停止|继续)执行",
        ),
        (Asked.COMPARISON, r"\d|分别|高于|低于|不包括"),
    )
}


def fits(asked: Asked, text: str) -> bool:
    """Does a text hold the kind of thing that is asked for? True for kinds without a shape of their own."""
    pattern = _FITS.get(asked)
    return pattern is None or pattern.search(text) is not None


def has_shape(asked: Asked) -> bool:
    """Is there a shape by which an answer of this kind can be told?"""
    return asked in _FITS


_ALIKE = (
    *("家户", "人名位口", "天日", "块元", "次回", "个项条", "座处所", "倍", "米", "亩", "吨", "度级档"),
    *("台辆部", "间套", "份件篇", "只头", "棵株", "栋幢"),
)
_YEARS = r"年(?<!\d{4}年)"  # how many, no date
_MEASURE = re.compile(
    r"(?:多少|几)(?:来|十|百|千|万)?个?(?P<measure>工作日|公里|小时|平方米|公顷|周岁|岁|部(?!门)|年(?!级)"
    r"|[家户人名位口天日块元次回项条座处所倍米亩吨度级档成张床份台辆套期批篇支只棵株间幢栋层笔班场轮站])"
)


_DIMENSIONS = tuple(  # what is asked for by a quality: 多远 → 公里
    (re.compile(asked), measures)
    for asked, measures in (
        (r"多长(?!的?(?:时间|日子|工夫|功夫|年头|期限))|多远", "公里|千米|里|米"),
        (r"多高", "米|层"),
        (r"多宽|多深|多厚", "米|厘米|毫米"),
        (
            r"面积[^，。；？]{0,6}(?:多少|多大)|占(?:多大|多少)地|多大(?:一)?(?:块|片|地方|面积)",
            "平方米|平方公里|㎡|亩|公顷",
        ),
        (r"百分之几|几成|(?:率|占比|比例|比重)[^，。；？]{0,6}(?:多少|几)|多大(?:的)?比例|占多少", "[%％‰]|成"),
        (r"几个月|多少个月", "个月"),
        (r"多大(?:岁数|年纪)", "周?岁"),
    )
)


def asked_measure(question: str) -> str:
    """A pattern for the measures that a question asks for, and their like: 几家 → 家, 户; "" where it names none."""
    named = dict.fromkeys(_alike(found["measure"]) for found in _MEASURE.finditer(question))
    return "|".join(named) or next((measures for asked, measures in _DIMENSIONS if asked.search(question)), "")


def _alike(measure: str) -> str:
    if measure in ("成", "年"):
        return "[%％]|成" if measure == "成" else _YEARS
    return next((f"[{alike}]" for alike in _ALIKE if measure in alike), measure)


def measured(measure: str, text: str) -> float:
    """1 if a text holds a figure with the measure of `asked_measure`, else 0; 0 where none was asked for."""
    if not measure:
        return 0.0
    return float(
        re.search(rf"[\d一二两三四五六七八九十百千万]\s*[（(]?(?:余|多|万|亿)?个?(?:{measure})", text) is not None
    )
