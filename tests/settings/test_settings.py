"""daogou.toml: what is wrong is named, with its place and the nearest right word."""

from pathlib import Path

import pytest

from daogou.domain.errors import BadSettings, NotFound
from daogou.domain.text import Text
from daogou.settings import read, write_default
from daogou.settings.load import parse
from daogou.settings.taxonomy import read_taxonomy


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    (tmp_path / "daogou.toml").write_text("")
    settings = read(tmp_path)
    assert settings.server.port == 8000
    assert settings.store.address == "sqlite:///store/daogou.db"


def test_what_init_writes_is_read_back(tmp_path: Path) -> None:
    write_default(tmp_path, name=Text(zh="小店", en='A "shop"'), currency="CNY", language="zh")
    settings = read(tmp_path)
    assert settings.shop.name == Text(zh="小店", en='A "shop"')
    assert (settings.shop.currency, settings.shop.language) == ("CNY", "zh")


def test_a_taxonomy_names_kinds_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "kinds.tsv"
    path.write_text("# kinds\nTowels\t毛巾\n\nLamps\t灯具\n", "utf-8")
    assert read_taxonomy(path) == [Text("毛巾", "Towels"), Text("灯具", "Lamps")]


def test_a_taxonomy_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "kinds.tsv"
    path.write_text("Towels\t毛巾\nLamps 灯具\n", "utf-8")
    with pytest.raises(BadSettings, match=r"kinds.tsv, line 2: found 'Lamps 灯具', expected an English name, a tab"):
        read_taxonomy(path)
    with pytest.raises(BadSettings, match="taxonomy"):
        read_taxonomy(tmp_path / "none.tsv")


def test_a_name_may_be_plain_text() -> None:
    assert parse({"shop": {"name": "Alpine"}}).shop.name == Text(en="Alpine")
    assert parse({"shop": {"name": "小店"}}).shop.name == Text(zh="小店")
    labels = parse({"labels": {"pets": "宠物", "pets=2": {"zh": "两只", "en": "two"}}}).labels
    assert labels == {"pets": Text(zh="宠物"), "pets=2": Text(zh="两只", en="two")}


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"sever": {}}, "unknown setting 'sever'; did you mean 'server'"),
        ({"server": {"prot": 1}}, "unknown setting 'server.prot'; did you mean 'port'"),
        ({"server": {"port": "x"}}, "'server.port': Expected `int`, got `str`"),
        ({"server": {"port": 70_000}}, "'server.port': Expected `int` <= 65535"),
        ({"server": {"workers": 0}}, "'server.workers': Expected `int` >= 1"),
        ({"shop": {"currency": "dollar"}}, "'shop.currency': Expected `str` matching regex '^[A-Z]{3}$'"),
        (
            {"shop": {"timezone": "Berlin"}},
            "'shop.timezone': no time zone 'Berlin' on this machine; expected an IANA",
        ),
        ({"rates": {"USD": 0.0}}, "'rates[...]': Expected `float` > 0"),
        ({"shop": {"language": "fr"}}, "'shop.language': Invalid enum value 'fr'"),
        ({"recommend": {"explore": {"magic": 0.1}}}, "'recommend.explore': Invalid enum value 'magic'"),
        ({"recommend": {"variety": {"dial": 2.0}}}, "'recommend.variety.dial': Expected `float` <= 1.0"),
        ({"training": {"seed": -1}}, "'training.seed': Expected `int` >= 0"),
        ({"training": {"hybrid": {"alphas": []}}}, "'training.hybrid.alphas': Expected `array` of length >= 1"),
        ({"training": {"sequential": {"recency": 5.0}}}, "'training.sequential.recency': Expected `float` <= 1"),
        ({"training": {"ease": {"penalty": 0.0}}}, "'training.ease.penalty': Expected `float` > 0"),
        ({"training": {"popularity": {"pool": 0}}}, "'training.popularity.pool': Expected `int` >= 1"),
        ({"shop": {"zzz": 1}}, "known: "),
    ],
)
def test_a_wrong_setting_is_named(tree: dict[str, object], words: str) -> None:
    with pytest.raises(BadSettings) as caught:
        parse(tree)
    assert words in caught.value.message


def test_a_broken_file_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "daogou.toml").write_text("[server]\nport = = 1\n")
    with pytest.raises(BadSettings, match="line 2"):
        read(tmp_path)


def test_a_folder_without_a_shop_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="daogou init"):
        read(tmp_path)
