import time

from qa.story import LONG, asking

ASKS = "大同市困难人家的火化费能减免多少钱"
TROUBLES = "我跑了好几趟都白跑，腿也走细了，嘴也说干了。家里老伴一个劲儿埋怨我，饭都凉了。" * 3


def test_a_short_text_asks_as_a_whole() -> None:
    assert asking("我跑了一天。火化费能减免多少？") == ("我跑了一天。火化费能减免多少？", "")


def test_a_question_that_stands_alone_leaves_the_story_behind() -> None:
    assert asking(f"{TROUBLES}{ASKS}？{TROUBLES}") == (f"{ASKS}？", "")


def test_a_question_that_points_back_takes_five_sentences_along() -> None:
    asked, told = asking(f"{TROUBLES}楼里想装个电梯。这归哪个局管？")
    assert asked == "这归哪个局管？"
    assert told.endswith("楼里想装个电梯。")
    assert told.count("。") == 5


def test_a_question_about_the_talk_itself_is_none() -> None:
    asked, _ = asking(f"喂，听得见吗？{TROUBLES}{ASKS}？我说的你听见没有？慢点说行不行？")
    assert asked == f"{ASKS}？"


def test_without_a_question_mark_the_last_sentence_that_asks_in_words_counts() -> None:
    assert asking(f"{TROUBLES}{ASKS}。{TROUBLES}")[0] == f"{ASKS}。"


def test_a_notice_that_is_named_is_leant_on_wherever_it_stands() -> None:
    told = asking(f"我看了《惠民殡葬办法》。{TROUBLES}{ASKS}？")[1]
    assert told == "我看了《惠民殡葬办法》。"


def test_no_story_takes_long_or_is_lost() -> None:
    assert asking("啊" * LONG) == ("啊" * LONG, "")
    started = time.process_time()
    asking("？" * 20_000)
    asking("好。" * 10_000)
    assert time.process_time() - started < 1
