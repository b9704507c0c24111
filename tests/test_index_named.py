from index.named import Titles

TITLES = Titles(
    {
        "a": "临河市人民政府关于印发临河市推动消费品以旧换新实施方案的通知",
        "b": "阳山市人民政府办公室关于印发阳山市森林草原火灾应急预案的通知",
        "c": "阳山市人民政府办公室关于印发阳山市地震应急预案的通知",
        "d": "临河市人民政府关于促进就业的意见",
    },
    {"a": "临政发〔2024〕30号", "b": "阳政办发〔2024〕130号", "c": "", "d": "阳政办发〔2023〕30号"},
)


def test_a_notice_is_known_by_what_people_call_it() -> None:
    assert TITLES.nicknamed("以旧换新方案里头说的是多少") == {"a": 1.0}
    assert TITLES.nicknamed("那个森林防火的应急预案归谁") == {"b": 1.0}  # 林防, 防火, … stand in no title
    assert set(TITLES.nicknamed("以旧换新方案和地震应急预案")) == {"a", "c"}


def test_the_kind_of_notice_alone_names_none() -> None:
    assert TITLES.nicknamed("我想提个意见") == {}
    assert TITLES.nicknamed("这个办法还有效吗") == {}
    assert TITLES.nicknamed("以旧换新能补多少") == {}


def test_an_order_is_named_by_its_number_before_the_word() -> None:
    orders = Titles(
        {"a": "临河市消防办法", "b": "关于供水的通知"}, {"a": "临河市人民政府令第76号", "b": "临政发〔2024〕6号"}
    )
    assert orders.serially("第76号令第三条怎么说") == orders.serially("76号令第三条怎么说") == ["a"]
    assert orders.serially("第76号通知") == []


def test_a_bare_serial_number_names_the_notices_that_end_in_it() -> None:
    assert TITLES.serially("30号文还有效吗") == ["a", "d"]
    assert TITLES.serially("130号文件") == ["b"]
    assert TITLES.serially("5月30号通知我们去") == []
    assert TITLES.serially("住在30号") == []
    assert TITLES.serially("99号文") == []
