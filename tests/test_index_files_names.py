import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.files.names import is_plain, shown


@pytest.mark.parametrize("name", ["通知.txt", "下级/[/x] (1)　终稿.pdf", "𠮷.md"])
def test_names_that_people_give_are_plain(name: str) -> None:
    assert is_plain(name)
    assert shown(name) == name


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x1b[31m", "\udcb9.txt", "a\0", "a\u2028b"])
def test_names_that_cannot_be_shown_are_not(name: str) -> None:
    assert not is_plain(name)


def test_unfit_characters_are_spelled_out() -> None:
    assert shown("公\x1b报\n\udcb9.txt") == "公\\x1b报\\n\\udcb9.txt"


@settings(deadline=None)
@given(st.text(st.characters(), min_size=1))
def test_what_is_shown_can_always_be_printed_on_one_line(name: str) -> None:
    assert shown(name).encode()
    assert len(shown(name).splitlines()) == 1
