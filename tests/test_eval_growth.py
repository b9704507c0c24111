from __future__ import annotations

import json
from pathlib import Path

from eval.growth import documents, read_texts, table


def test_texts_come_again_with_other_cities_and_every_other_one_is_a_citys() -> None:
    rows = list(documents([("供水", "大同的水价。"), ("殡葬", "火化费。")], 4))
    assert [row["id"] for row in rows] == ["0000000", "0000001", "0000002", "0000003"]
    assert [row["title"] for row in rows[::2]] == ["供水", "供水"]
    assert rows[1]["title"].endswith("市人民政府关于殡葬的通告")
    assert rows[0]["text"] == "大同的水价。"
    assert rows[2]["text"] == "阳泉的水价。"  # the next city of cities.txt
    assert rows[3]["text"] == "火化费。"


def test_a_long_text_counts_for_several_chunks() -> None:
    assert len(list(documents([("长", "字" * 348 * 3)], 6))) == 2


def test_texts_are_read_from_every_file_in_the_same_order(tmp_path: Path) -> None:
    import zstandard

    for name, title in (("甲", "一"), ("乙", "")):
        line = json.dumps({"title": title, "text": f"{name}的正文\n第二行"})
        (tmp_path / f"{name}.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(line.encode()))
    found = read_texts(tmp_path)
    assert sorted(found) == [("一", "甲的正文\n第二行"), ("乙的正文", "乙的正文\n第二行")]
    assert read_texts(tmp_path) == found


def test_the_table_has_a_library_a_column() -> None:
    row = dict.fromkeys(
        (
            *("documents", "build_s", "build_cpu_s", "chunks_per_cpu_s", "build_peak_mb", "disk_mb", "open_s"),
            *("first_ms", "search_p50_ms", "search_p95_ms", "search_cpu_p50_ms", "search_cpu_p95_ms"),
            *("answer_p50_ms", "answer_p95_ms", "answer_cpu_p50_ms", "answer_cpu_p95_ms"),
            *("resident_mb", "anonymous_mb"),
        ),
        1.25,
    )
    lines = table([{**row, "chunks": 10_000.0}, {**row, "chunks": 1_000_000.0}]).splitlines()
    assert lines[0] == "|  | 10,000 | 1,000,000 |"
    assert "| 检索 p95 ms | 1.2 | 1.2 |" in lines
