import subprocess
import sys

from index.as_langchain import LangChainRetriever
from tests.qa_fakes import DATONG, YANGQUAN, FakeRetriever


def test_passages_come_as_documents_that_say_where_they_stand() -> None:
    retriever = LangChainRetriever(retriever=FakeRetriever(), k=1)
    (found,) = retriever.invoke("阳泉租赁补贴按每月多少发放")
    assert found.page_content.startswith("阳泉市公共租赁住房管理办法\n第一条 租赁补贴按每人每月300元发放。")
    start = YANGQUAN.index("阳泉市公共租赁住房管理办法\n第一条")
    score = found.metadata.pop("score")
    assert score > 0
    assert found.metadata == {
        "notice": "阳泉市人民政府办公室关于印发阳泉市公共租赁住房管理办法的通知",
        "document_number": "阳政办发〔2023〕40号",
        "place": "阳泉市",
        "address": "",
        "source": "1.txt",
        "start": start,
        "end": len(YANGQUAN) - 1,
    }


def test_number_and_place_are_handed_on() -> None:
    found = LangChainRetriever(retriever=FakeRetriever(), k=2, place="大同市").invoke("租赁补贴")
    assert [d.metadata["source"] for d in found] == ["0.txt", "0.txt"]
    assert all(DATONG[d.metadata["start"] : d.metadata["end"]] == d.page_content for d in found)
    assert LangChainRetriever(retriever=FakeRetriever()).invoke("☺") == []


def test_only_this_file_imports_langchain() -> None:
    code = "import sys, index.retrieve; print('langchain_core' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
