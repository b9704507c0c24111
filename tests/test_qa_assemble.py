"""qa/assemble.py: the folders that settings name are there, or it is said which key is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.cross import SHIPPED, CrossReader
from index.errors import EmbedderError
from qa.assemble import own_reader, own_words
from qa.settings import BadSettings, Settings


def test_the_reader_is_the_one_that_ships_unless_a_folder_is_named(tmp_path: Path) -> None:
    assert own_reader(Settings()) == SHIPPED
    assert own_reader(Settings(reader=str(tmp_path))) == tmp_path


def test_a_folder_that_is_not_there_is_named_with_its_key(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    with pytest.raises(BadSettings, match=r"reader 指向 .*gone"):
        own_reader(Settings(reader=gone))
    with pytest.raises(BadSettings, match=r"thesaurus 指向 .*gone"):
        own_words(Settings(thesaurus=gone))


def test_a_folder_that_holds_no_reader_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match=str(tmp_path)):
        CrossReader.load(tmp_path)
