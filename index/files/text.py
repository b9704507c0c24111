"""Bytes → text. UTF-8, UTF-16 and GB18030 are read; any other encoding is named, never shown as garbage.

Almost any bytes decode as GB18030 or UTF-16, so decoding proves nothing. What proves it is the result: of the Han
characters of a real text many are common ones. In 99 of 100 stretches of 100 characters that is 72 % or more in
gazettes, 44 % in an encyclopedia, 32 % in one in traditional characters, but at most 21 % in anything decoded wrongly
(Big5, Shift_JIS, EUC-KR, UTF-8 with a fault, random bytes). Of 7348 short documents one was wrongly refused, and none
wrongly read. The common ones here are the 500 most frequent of the gazettes and the 500 of everyday Chinese.
"""

from __future__ import annotations

import codecs
import re

from index.errors import BrokenFile, WrongEncoding

_COMMON_HAN = frozenset(
    "一万三上下不与专且世业东两严个中为主么义之也乡书了予争事二于互五些交产人什今从他代以们件价任企伍众优会传估但位低住体何作你使供依便促保信修候做健储像儿元充先光克党入全公共关其具养内再军农决况准减几出分"
    "切划则创利别到制前副力办加务动助励势包化北区医十升协单南卫印危即却原去县参又及反发取受变口只可台号司各合同名后向听告员命和品响商善四回因园困围国土在地场圾坚垃型城域培基境增声处备复外多大天太头女她好如"
    "委子字存学它安完定实审客宣室害家容对导将小少尔尘就局居展属山州工己已市布师带常干平年并广序应府废度庭康建开式引张强当形影彻很得德心必快忻态思急性总息患情想意感成我或战户房所手才扑打执扩扬批承技把投护报"
    "拉持指按挥换据排接控推措提援支收改放政故效救教数整文料斯新方施旅无日旧时明是普景智更最月有服朔望期本术机权村条来极构林果染查标校样核根格案检森模次止正此步死段比民气水求污汽没治泉法活流测济海消深清游源"
    "火灭灾点然煤照牌物牵特王环现理生用由申电界疗疫病白的监盖目直相省看真眼着督知矿研础确示社神种科积移程稳究空突立站第等策筹算管类粮精系级线组织经结给络统续综绿网置美群老考者而职联育能自至色节苗范草药营落"
    "融行补表被装西要覆见观规视觉解警计订认让训议记许论设证评识试话该说请调象负财责质贫贯费资走起超路身车转辆输边达过运还这进适通速造道那部都配采里重量金销镇长门问间队防阳附际限院除险障难集需非面革项预领题"
    "风食马验高鼓"
)
_COMMON_ENOUGH = 0.3
# ASCII, punctuation, full-width forms, circled numbers: they occur in every East Asian encoding and prove nothing
_NEUTRAL = re.compile(
    r"[\x00-\x7f\u00a0\u00b0\u00b1\u00b7\u00d7\u00f7\u2010-\u206f\u2100-\u27bf\u3000-\u303f\u3200-\u33ff\ufe30-\ufe6f"
    r"\uff00-\uffef]+"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # tab, line ends and form feeds are text
_TOO_MANY_CONTROLS = 0.1

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"%PDF-", "PDF 文件"),
    (b"PK\x03\x04", "压缩文件或 DOCX、OFD"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 文件（如 .doc）"),
    (b"\x89PNG\r\n", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"\x1f\x8b", "压缩文件"),
    (b"Rar!", "压缩文件"),
    (b"7z\xbc\xaf", "压缩文件"),
    (b"{\\rtf", "RTF 文件"),
)
_WAY_OUT = "可读的编码是 UTF-8、UTF-16 和 GB18030（含 GBK、GB2312）。请另存为 UTF-8 后再试。"


def decode(raw: bytes, name: str) -> str:
    """The text of a file, byte order mark dropped, line ends untouched. `name` stands in the messages.

    Never holds NUL or lone surrogates. Raises BrokenFile for bytes that are no text, WrongEncoding for text in an
    encoding that is not read, or with bytes damaged.
    """
    for magic, what in _MAGIC:
        if raw.startswith(magic):
            raise BrokenFile(f"文件“{name}”不是文本，内容是{what}。请改用正确的扩展名，或另存为文本。")
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return _decode_marked(raw, encoding, name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_unmarked(raw, name)
    if "\0" in text:  # UTF-16 of ASCII is valid UTF-8, too
        return _decode_unmarked(raw, name)
    return _checked(text, name)


def _decode_marked(raw: bytes, encoding: str, name: str) -> str:
    label = encoding.upper()
    if encoding == "utf-32":
        raise WrongEncoding(f"文件“{name}”的文字编码是 {label}，不能读取。{_WAY_OUT}")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as exc:
        raise WrongEncoding(
            f"文件“{name}”标明是 {label}，但第 {exc.start + 1} 个字节起已损坏。请重新导出，或另存为 UTF-8 后再试。"
        ) from exc
    return _checked(text.removeprefix("\ufeff"), name)


def _decode_unmarked(raw: bytes, name: str) -> str:
    best, score = "", 0.0
    for encoding in ("gb18030", "utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if (plausible := _plausibility(text)) > score:
            best, score = text, plausible
    if score >= _COMMON_ENOUGH:
        return best
    if b"\0" in raw:
        raise BrokenFile(f"文件“{name}”不是文本（含有空字节）。请确认它没有损坏，并另存为 UTF-8 文本后再试。")
    raise WrongEncoding(f"文件“{name}”的文字编码不能读取：{_diagnosis(raw)}。{_WAY_OUT}")


def _checked(text: str, name: str) -> str:
    controls = _controls(text)
    if "\0" in text or controls > _TOO_MANY_CONTROLS * len(text):
        raise BrokenFile(f"文件“{name}”不是文本（含有大量控制字符）。请确认它没有损坏，并另存为 UTF-8 文本后再试。")
    return text


def _controls(text: str) -> int:
    return len(_CONTROLS.findall(text))


def _plausibility(text: str) -> float:
    """Share of common Han among what is not neutral; 1 where all is neutral; 0 for what holds NUL or many controls."""
    if "\0" in text or _controls(text) > _TOO_MANY_CONTROLS * len(text):
        return 0.0
    telling = _NEUTRAL.sub("", text)
    return sum(char in _COMMON_HAN for char in telling) / len(telling) if telling else 1.0


def _diagnosis(raw: bytes) -> str:
    """What these bytes may be instead: another encoding, or one that is read but damaged."""
    for label, encoding, script, share in (
        ("Big5（繁体中文）", "big5hkscs", re.compile(f"[{''.join(_COMMON_HAN)}]"), _COMMON_ENOUGH),
        ("Shift_JIS（日文）", "cp932", re.compile(r"[\u3041-\u30fe]"), 0.2),
        ("EUC-JP（日文）", "euc_jp", re.compile(r"[\u3041-\u30fe]"), 0.2),
        ("EUC-KR（韩文）", "cp949", re.compile(r"[\uac00-\ud7a3]"), 0.9),
    ):
        try:
            telling = _NEUTRAL.sub("", raw.decode(encoding))
        except UnicodeDecodeError:
            continue
        if telling and len(script.findall(telling)) >= share * len(telling):
            return f"看起来是 {label}"
    for label, encoding in (("UTF-8", "utf-8"), ("GB18030", "gb18030")):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError as exc:
            if _plausibility(raw.decode(encoding, "replace")) >= _COMMON_ENOUGH:
                line = raw.count(b"\n", 0, exc.start) + 1
                return f"看起来是 {label}，但第 {line} 行有损坏的字节"
    return "既不是 UTF-8，也不像 GB18030 或 UTF-16"
