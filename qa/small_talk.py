"""Thanks, greetings, “who are you”, abuse, what is no public affair: a fitting short reply, no citation. Pure."""

from __future__ import annotations

import re

from index.text import HAN

_LONGEST = 60  # characters; a longer text tells a story, and a question is looked for in it
_OUTSIDE = "这里只回答政府公报里的规定，别的事情帮不上。请问您想了解哪方面的规定？"
_WHOLE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), reply)
    for pattern, reply in (
        (
            r"(?:非常|太|十分)?(?:谢谢|感谢|多谢|谢了|辛苦)(?:您|你|了|啦|啊|解答|帮助|的)*",
            "不客气。还有想了解的规定，请接着问。",
        ),
        (
            r"(?:您好|你好|喂|早上好|上午好|下午好|晚上好|在吗|有人吗|嗨|哈喽|hello|hi)+(?:啊|呀|吗)?",
            "您好。请问您想了解哪方面的规定？",
        ),
        (
            r"(?:您|你)(?:是|叫)(?:谁|什么|啥|什么名字|机器人|人工|真人)(?:吗|啊|呀)?"
            r"|(?:您|你)(?:能|会|可以)(?:做|干|回答)?(?:什么|啥|哪些)(?:问题)?|介绍一下(?:您|你)?自己?",
            "我是政府公报的自动问答，只根据本库收录的公报原文回答，每句话都注明出处。请问您想了解哪方面的规定？",
        ),
        (
            r"(?:好的?|行|知道了|明白了|清楚了|懂了|收到|嗯|哦|ok|没事了?|没有了|不用了|再见|拜拜|88)+(?:吧|了|啊|啦|谢谢)?",
            "好的。还有想了解的规定，请接着问。",
        ),
        (
            r"(?:你|您)?(?:真|太|好|是个?)*(?:笨|蠢|傻[逼叉瓜]?|垃圾|废物|没用|滚|混蛋|王八蛋|白痴|有病)(?:死了|了|吧|蛋|啊|吗)*|(?:你|您)?(?:去死|操你|狗日的)[^，。]{0,8}",
            "抱歉没能帮上您。请告诉我您想了解的事情，我再从公报里查。也可以拨打 12345 由人工为您服务。",
        ),
    )
)
_OUTSIDE_CUES = re.compile(
    rf"(?:天气|气温)(?:怎么样|如何|好吗)|(?:讲|说)(?:个|一个)(?:笑话|故事)|(?:写|作)(?:首|一首|一?篇)[{HAN}]{{0,4}}(?:诗|歌|作文|小说)"
    rf"|(?:炒|买|荐)(?:什么|啥|哪[只支])?(?:股票|彩票|比特币|基金)|双色球|星座运势|算(?:个|一)?命|(?:生辰|测)八字"
    rf"|(?:系统)?提示词|忽略(?:以上|之前|前面|上面|所有)[{HAN}]{{0,6}}(?:指令|要求|规则|设定)|扮演[{HAN}]{{1,10}}|你现在是"
    rf"|(?:写|编)(?:一?段|一?个)?(?:代码|程序|脚本)|翻译成|(?:明星|电影|电视剧|游戏)(?:推荐|攻略)"
)


def reply_to(text: str) -> str:
    """The reply to a text that asks nothing of the notices; "" where it may ask something."""
    plain = re.sub(r"[\s，,。.！!？?~～、…]+", "", text.lower())
    if not plain or len(plain) > _LONGEST:
        return ""
    for pattern, reply in _WHOLE:
        if pattern.fullmatch(plain):
            return reply
    return _OUTSIDE if _OUTSIDE_CUES.search(plain) else ""
