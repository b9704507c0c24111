"""Chinese text → words, for the peers that count words; the door to jieba."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """What jieba cuts, in order; put together it is the text again, white space and punctuation included."""
    import jieba

    jieba.setLogLevel("ERROR")  # else it tells of its dictionary on stderr
    found: list[str] = jieba.lcut(text)
    return found
