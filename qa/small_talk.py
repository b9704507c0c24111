"""Thanks, greetings, “who are you”, abuse, what is no public affair: a fitting short reply, no citation. Pure.

Common turns of phrase are known by their form, which also gives the reply that fits. For all others a logistic model
over characters and their pairs says whether a text asks anything of public affairs; it is fitted by
`python -m eval.fit_small_talk` and kept in `small_talk.json`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from index.fitted import fitted, logistic, weighed
from index.text import HAN
from index.tokens import tokens

WEIGHTS = Path(__file__).with_name("small_talk.json")
LONGEST = 60  # characters; a longer text tells a story, and a question is looked for in it
_OUTSIDE = "这里只回答政府公报里的规定，别的事情帮不上。请问您想了解哪方面的规定？"
_UNSURE = (
    "这里只根据政府公报回答公共事务的规定，例如补贴给多少、事情归谁管、文件还有没有效。请问您想了解哪方面的规定？"
    "需要人工服务请拨打 12345。"
)
CERTAIN = 0.9  # probability from which a text is small talk; chosen on dev questions and lines of another writer
CERTAIN_AMID, _LEAST_AMID = 0.97, 6  # the same behind other questions; and characters
_GREETING = "您好。请问您想了解哪方面的规定？"
_SELF = "我是政府公报的自动问答，只根据本库收录的公报原文回答，每句话都注明出处。请问您想了解哪方面的规定？"
_SORRY = "抱歉没能帮上您。请告诉我您想了解的事情，我再从公报里查。也可以拨打 12345 由人工为您服务。"
_A_PERSON = "人工服务请拨打 12345。您也可以告诉我想了解的事情，我从公报里查。"
_YOU = r"(?:您|你|恁)"
_ABUSE = r"笨|蠢|傻[逼叉瓜]?|垃圾|废物|没用|滚|混蛋|王八蛋|白痴|有病|智障|弱智|狗屁|放屁|屁用|破玩意儿?|脑残|闭嘴"
_ABUSE += r"|骗子|饭桶|草包|酒囊饭袋|混账|人渣|畜生|败类|不要脸|吃(?:干|闲|白)饭的?"
_CLAUSES: tuple[tuple[re.Pattern[str], str], ...] = tuple(  # what a whole clause may be; the first kind gives the reply
    (re.compile(pattern), reply)
    for pattern, reply in (
        (
            rf"(?:{_YOU}们?|真|太|好|大|死|老|是个?|什么|[这那]|[些帮群伙个]|都|就|全|简直|一[群帮伙])*(?:{_ABUSE})(?:死了|了|吧|蛋|啊|吗|东西|玩意儿?|的|一样)*"
            rf"|{_YOU}?(?:去死|操你|狗日的)[^，。]{{0,8}}|问(?:了)?半天[^，。]{{0,14}}",
            _SORRY,
        ),
        (
            rf"{_YOU}(?:到底|究竟)?(?:是|叫)(?:谁|什么|啥|什么名字|啥名儿?|机器人?|人工|真人|活人|人)"
            rf"(?:还是(?:机器人?|真人|人工|人|程序))?(?:吗|啊|呀|呢)?"
            rf"|{_YOU}(?:能|会|可以)(?:做|干|回答|帮我)?(?:什么|啥|哪些)(?:问题|事)?(?:啊|呀|呢)?"
            rf"|介绍一下{_YOU}?自己?|叫(?:什么|啥)(?:名字|名儿?)?(?:啊|呀)?|{_YOU}(?:多大|几岁)了?",
            _SELF,
        ),
        (
            r"(?:我|请|麻烦)*(?:想|要|需要|能不能|可以|可不可以|能)?(?:给我|帮我)?(?:转|找|接|换|叫)(?:接|一下|到|个|成|一个)*"
            r"(?:人工|真人|活人|客服|人工服务|人工客服|人工坐席)(?:来|服务|说|聊)?(?:吗|吧|啊|呀|行不行|好吗)?|人工(?:服务|客服|坐席)?",
            _A_PERSON,
        ),
        (
            r"(?:非常|太|十分|真是?|好|那|就)?(?:谢谢|感谢|多谢|谢了|谢啦|辛苦|麻烦)(?:您|你|了|啦|啊|解答|帮助|帮忙|的|哈|呀|嘞)*",
            "不客气。还有想了解的规定，请接着问。",
        ),
        (
            r"(?:您好|你好|喂|早上好|上午好|中午好|下午好|晚上好|早|在吗|在不在|有人吗|有人没|有人在吗|嗨|哈喽|hello|hi)+"
            r"(?:啊|呀|吗|哈)?",
            _GREETING,
        ),
        (
            r"(?:那|就|我)?(?:好的?|好嘞|行|成|知道了|明白了|清楚了|懂了|收到|记下了|记住了|嗯|哦|ok|没(?:啥|什么)?事了?|没有了|不用了"
            r"|再见|拜拜|88|(?:那)?算了|不问了|回头(?:有事)?再(?:问|说|聊)|先这样|就这样|打扰了)+(?:吧|了|啊|啦|哈|谢谢|的)*",
            "好的。还有想了解的规定，请接着问。",
        ),
    )
)
_PLEASE = r"(?:给|帮|替|为|教|陪)(?:我|咱|俺)?"
_OUTSIDE_CUES = re.compile(
    rf"(?:天气|气温)(?:怎么样|如何|好吗|咋样)|(?:今天|明天|后天|这两天)[^，。]{{0,6}}(?:下雨|下雪|几度|穿什么)"
    rf"|(?:讲|说|来)(?:个|一个|段)(?:笑话|故事|段子|相声)|(?:写|作|编)(?:首|一首|一?篇|个|副)[{HAN}]{{0,6}}(?:诗|歌|作文|小说|对联|情书|文案)"
    rf"|(?:炒|买|荐|推荐|选)[{HAN}]{{0,8}}(?:股票|彩票|比特币|基金|币)|股票[{HAN}]{{0,4}}(?:涨|跌|代码)|双色球|大乐透"
    rf"|星座|运势|属相|算(?:个|一)?(?:命|卦)|(?:生辰|测)八字|解(?:个|一)?梦|看(?:个|看)?风水"
    rf"|(?:咋|怎么|怎样|如何)(?:炖|炒菜|煮|红烧|清蒸|腌|包饺子|和面|做饭|做菜)|菜谱|食谱|减肥(?:方法|餐)"
    rf"|唠(?:两句|会儿?)?嗑|聊(?:会儿?|一会儿?|聊)天|{_PLEASE}(?:说说话|聊聊|解解闷|唱)|(?:追|甩|哄)(?:女|男)(?:朋友|生|孩)|分手|失恋|找对象"
    rf"|(?:系统)?提示词|忽略(?:以上|之前|前面|上面|所有)[{HAN}]{{0,6}}(?:指令|要求|规则|设定)|扮演[{HAN}]{{1,10}}|你现在是"
    rf"|(?:写|编)(?:一?段|一?个)?[{HAN}]{{0,4}}(?:代码|程序|脚本)|翻译成|(?:明星|电影|电视剧|小说|游戏|歌曲?)(?:推荐|攻略|好看|好听)"
    rf"|(?:推荐|介绍)(?:一|几)?[部首个款]?[{HAN}]{{0,6}}(?:电影|电视剧|小说|游戏|歌)|谁(?:赢|夺冠|演的)|比分|世界杯|解(?:个|一?道|下)?(?:方程|数学题)"
)


def reply_to(text: str) -> str:
    """The reply to a text that by its form asks nothing of the notices; "" where it may ask something.

    It is small talk where every clause of it is, or where it asks for something that no notice treats.
    """
    plain = re.sub(r"\s+", "", text.lower())
    if not plain or len(plain) > LONGEST:
        return ""
    kinds = _kinds(plain)
    known = [kind for kind in kinds if kind is not None]
    if known and len(known) == len(kinds):
        return _CLAUSES[min(known)][1]
    return _OUTSIDE if _OUTSIDE_CUES.search(plain) else ""


def reply_to_what_seems_chat(text: str, *, amid: bool = False) -> str:
    """The reply to a text that is as good as certain to ask nothing of public affairs, whatever its form; else "".

    `amid`: it follows other questions, where a few characters (谁管, 具体点) may lean on them.
    """
    plain = re.sub(r"\s+", "", text.lower())
    least, certain = (_LEAST_AMID, CERTAIN_AMID) if amid else (0, CERTAIN)
    if not least <= len(plain) <= LONGEST or not asks_nothing(text, fitted(WEIGHTS), certain):
        return ""
    known = [kind for kind in _kinds(plain) if kind is not None]
    return _CLAUSES[min(known)][1] if known else _UNSURE


def _kinds(plain: str) -> list[int | None]:
    """For each clause of a text which form it has; None for none."""
    clauses = [clause for clause in re.split(r"[，,。.！!？?～~、…；;：:]+", plain) if clause]
    return [next((kind for kind, (form, _) in enumerate(_CLAUSES) if form.fullmatch(c)), None) for c in clauses]


def asks_nothing(text: str, weights: Mapping[str, float], certain: float = CERTAIN) -> bool:
    """Is it as good as certain that a text asks nothing of public affairs?"""
    known = {"", *pieces(text)}
    return logistic(weighed(weights, known, [1.0] * len(known))) >= certain


def pieces(text: str) -> list[str]:
    """What a text is judged by: its characters, their pairs, its words of letters; what begins and what ends it."""
    found = tokens(text)
    return [*found, f"^{found[0]}", f"{found[-1]}$"] if found else []
