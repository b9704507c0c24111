"""wenzheng as one of the peers: a library in a temporary folder, and its retriever."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from eval.peers.peer import Peer, PeerQuestion, PeerText
from eval.records import Stretch

if TYPE_CHECKING:
    from index.retrieve import Retriever


class Wenzheng(Peer):
    """The retriever that answers are drawn from. It understands follow-ups, so the history is not put in front."""

    name = "wenzheng"
    settings = "默认设置；自带切分、分词、嵌入模型与重排；追问由程序自己理解"

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="wenzheng-peers-", ignore_cleanup_errors=True)
        self._sources: dict[str, str] = {}  # what a text is called in this library → its source
        self._found: Retriever | None = None

    @property
    def _retriever(self) -> Retriever:
        assert self._found is not None, "build first"
        return self._found

    def build(self, texts: Sequence[PeerText]) -> None:
        """Index the texts as files that a user would give: .txt, and one .jsonl for what came from such lines."""
        from index.build import build_library
        from index.contextual import ContextualEmbedder
        from index.holdings import Holdings
        from index.library import Library
        from index.retrieve import Retriever

        files, library = Path(self._folder.name, "files"), Path(self._folder.name, "library")
        self._write(texts, files)
        embedder = ContextualEmbedder.load()
        build_library([files], library, only=True, embedder=embedder)
        self._found = Retriever(Holdings(Library.open(library), embedder))

    def _write(self, texts: Sequence[PeerText], folder: Path) -> None:
        folder.mkdir()
        lines = []
        for number, text in enumerate(texts):
            if text.one_notice:
                lines.append({"id": text.source, "title": text.title, "text": text.text})
                self._sources[text.source] = text.source
                continue
            plain = PurePosixPath(text.source)
            if plain.suffix != ".txt" or plain.is_absolute() or ".." in plain.parts:
                plain = PurePosixPath(f"{number:06}.txt")
            path = folder / plain
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.text.encode("utf-8"))  # bytes: line ends stay as they are
            self._sources[str(plain)] = text.source
        if lines:
            written = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
            (folder / "notices.jsonl").write_text(written, "utf-8")

    def search(self, question: PeerQuestion, k: int) -> list[Stretch]:
        """As the answerer does it: understood, read as a query, found. [] for what it takes for small talk."""
        from qa.records import Question
        from qa.understand import understand

        understood = understand(Question(question.text, question.history))
        if understood.small_talk or understood.unclear:
            return []
        found = self._retriever.find(self._retriever.query(understood.text, understood.context), k)
        return [Stretch(self._sources[passage.notice.source], passage.source_span) for passage in found]

    def passages(self) -> list[Stretch]:
        catalogue = self._retriever.library.catalogue
        return [
            Stretch(self._sources[notice.source], notice.source_span(chunk.span))
            for notice in catalogue.notices()
            for chunk in catalogue.chunks(catalogue.rows_of(notice.id))
        ]
