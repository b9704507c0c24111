"""How a notice stands on a day: a word, a shape and a tone, the same for answers, cards and reader. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from index.records import Notice, Standing, Validity


@dataclass(frozen=True, slots=True)
class Badge:
    """A small label. `tone` is a class of the style sheets; `note` explains the word, where one may ask."""

    tone: str
    shape: str
    word: str
    note: str = ""


def badge(validity: Validity) -> Badge:
    """The label of a notice's validity: 现行有效, 已废止（由…，自…）, 有效期至…, 有效期已过, 尚未施行, 效力未知."""
    until = validity.until.isoformat() if validity.until else ""
    since = validity.since.isoformat() if validity.since else ""
    match validity.standing:
        case Standing.IN_FORCE:
            return Badge("green", "■", "现行有效", "公报写明了施行日期，没有写明期限；本库未见废止。")
        case Standing.IN_TERM:
            word = f"期限至{until[:4]}年底" if validity.planned else f"有效期至{until}"
            return Badge("green", "■", word, "本库未见提前废止。")
        case Standing.NOT_YET_IN_FORCE:
            return Badge("amber", "◇", f"尚未施行（自{since}）")
        case Standing.LAPSED:
            return Badge("amber", "▲", f"{'期限' if validity.planned else '有效期'}已过（{until}）")
        case Standing.REPEALED:
            return Badge("red", "✕", f"已废止（由{_named(validity.by)}，自{until}）")
    return Badge("muted", "○", "效力未知", "公报没有写明施行日期和有效期，本库未见废止。")


def _named(notice: Notice | None) -> str:
    return (notice.document_number or f"《{notice.title}》") if notice else ""
