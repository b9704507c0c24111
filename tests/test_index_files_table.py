from index.files.table import table_lines


def test_a_row_is_a_line_and_covered_cells_stay_empty() -> None:
    assert table_lines([[["区"], ["价\t元"], []], [[], ["商", " 住 "], ["6"]], [[], [], []]]) == [
        "区\t价 元\t",
        "\t商 住\t6",
    ]


def test_a_table_that_lays_out_text_becomes_its_lines() -> None:
    assert table_lines([[["甲", "乙"]], [["丙"]]]) == ["甲", "乙", "丙"]
    article = [f"第{n}条" for n in range(21)]
    assert table_lines([[["栏"], article]]) == ["栏", *article]
    assert table_lines([[["栏"], article[:20]]]) == ["栏\t" + " ".join(article[:20])]


def test_no_rows_give_no_lines() -> None:
    assert table_lines([]) == []
