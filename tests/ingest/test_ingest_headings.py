"""Files of a store's own making: the headings say what they are, and the report says what was guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_world import counted, run, write

from daogou.domain.ids import OrderId, ProductId
from daogou.domain.money import Money
from daogou.domain.product import Product
from daogou.ports.stores import Stores

CATALOGUES = {
    "zh": "商品ID,商品标题,价格,原价,库存,类目,品牌,图片,状态\n7,保温杯,￥89.00,129,230件,家居>水杯,双立人,https://x.cn/1.jpg,上架\n",
    "zh-jd": "SKU编码,商品名称,京东价,市场价,可用库存,三级类目,品牌名称,主图链接\n7,保温杯,89.00,129,230,家居>>水杯,双立人,https://x.cn/1.jpg\n",
    "de": "Artikelnummer;Bezeichnung;VK-Preis brutto (€);UVP;Bestand;Warengruppe;Hersteller;Bild\n"
    "7;Becher;89,00;129,00;230;Haus > Becher;Alfi;https://x.cn/1.jpg\n",
    "fr": "Référence;Désignation;Prix TTC;Prix barré;Quantité;Catégorie;Marque;Image\n"
    "7;Gobelet;89,00 €;129,00 €;230;Maison > Gobelets;Alfi;https://x.cn/1.jpg\n",
    "es": "Código;Nombre;Precio;Precio anterior;Existencias;Categoría;Marca;Imagen\n"
    "7;Vaso;89,00;129,00;230;Casa > Vasos;Alfi;https://x.cn/1.jpg\n",
    "en": "SKU,Product Name,Price,RRP,Qty,Category,Brand,Image URL\n7,Cup,89.00,129,230,Home > Cups,Alfi,https://x.cn/1.jpg\n",
}


def _product(stores: Stores, id: str) -> Product:
    return stores.catalogue.get([ProductId(id)])[ProductId(id)]


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_catalogue_is_known_by_its_headings(language: str, tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "mine.csv", CATALOGUES[language]), currency="EUR")
    assert report.files[0].format == "by-heading (table)"
    product = _product(stores, "7")
    price, listed = product.price, product.list_price
    assert (price, listed) == (Money(8900, "EUR"), Money(12900, "EUR"))
    assert (product.stock, len(product.category), product.images) == (230, 2, ("https://x.cn/1.jpg",))
    assert (bool(product.brand), bool(product.title), product.hidden) == (True, True, False)
    assert any(note.startswith("mine.csv: each line was read as a product") for note in report.notes)


def test_the_note_names_what_was_taken_for_what_and_what_was_left(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "a.csv", "Artikelnummer;Bezeichnung;Preis;Regalplatz\n1;Hut;9,90;B3\n"))
    assert any("Bezeichnung as title" in note and "not used: Regalplatz" in note for note in report.notes)


def test_an_error_names_the_stores_own_column(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "a.csv", "Artikelnummer;Bezeichnung;Preis\n1;Hut;kostenlos\n"))
    assert [(r.line, r.field, "'Preis'" in r.reason) for r in report.refusals] == [(2, "price", True)]


@pytest.mark.parametrize(
    "text",
    [
        "Kundennummer,Name,Email\n1,Lin,lin@example.com\n",
        "ID,Name,Currency,Email,Status\n1,#1001,USD,lin@example.com,paid\n",
        "Spalte1;Spalte2\na;b\n",
        "名称,价格\n杯子,9\n",
    ],
)
def test_a_file_that_leaves_it_open_is_asked_about(text: str, tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "what.csv", text))
    assert not list(stores.catalogue.scan())
    assert "--kind product" in (report.files[0].refused or "")


def test_what_is_said_outright_wins(tmp_path: Path) -> None:
    text = "Nr;Artikelnummer;Bezeichnung;Preis;Streichpreis\nx1;7;Hut;9,90;12,00\n"
    _, stores = run(
        write(tmp_path, "a.csv", text), mapping={"Nr": "id", "Streichpreis": "price", "Preis": "list_price"}
    )
    assert _product(stores, "x1").price == Money(1200, "USD")


def test_our_own_names_are_not_guessed_at(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "a.csv", "id,title,price,stock\n1,Hat,9.90,3\n"))
    assert report.files[0].format == "daogou (table)"
    assert report.notes == []


def test_words_for_stock_and_state(tmp_path: Path) -> None:
    text = "商品ID,标题,售价,库存,商品状态\n1,杯,9,有货,上架\n2,碗,9,售罄,上架\n3,盘,9,5,下架\n4,勺,9,很多12,上架\n"
    report, stores = run(write(tmp_path, "a.csv", text), currency="CNY")
    assert [(p.id, p.stock, p.hidden) for p in sorted(stores.catalogue.scan(), key=lambda p: p.id)] == [
        ("1", None, False), ("2", 0, False), ("3", 5, True),
    ]  # fmt: skip
    assert [(r.line, r.field) for r in report.refusals] == [(5, "stock")]


def test_a_price_before_reduction_alone_is_not_taken_for_the_price(tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "a.csv", "Artikelnummer;Bezeichnung;Preis;UVP\n1;Hut;;39,95\n2;Schal;9,90;\n"))
    assert (_product(stores, "1").price, _product(stores, "1").list_price) == (None, None)
    assert [(r.line, r.field) for r in report.repairs] == [(2, "price")]


@pytest.mark.parametrize("said", ["auf Anfrage", "待定", "POA", " Price on request "])
def test_a_price_that_is_told_on_request_keeps_no_product_out(tmp_path: Path, said: str) -> None:
    report, stores = run(
        write(tmp_path, "a.csv", f"Artikelnummer,Bezeichnung,VK-Preis\n1,O-Ring,{said}\n2,Lager,teuer\n")
    )
    assert [(product.id, product.price) for product in stores.catalogue.scan()] == [("1", None)]
    assert [(repair.line, repair.field, repair.rule) for repair in report.repairs] == [(2, "price", "converted")]
    assert [(reject.line, reject.field) for reject in report.refusals] == [(3, "price")]


def test_rows_of_one_product_with_stock_keeping_units_are_its_variants(tmp_path: Path) -> None:
    text = (
        "商品ID,商品名称,价格,库存,SKU编码,颜色,尺码\n"
        "1,T恤,59,3,a-红-M,红,M\n1,T恤,69,0,a-黑-M,黑,M\n2,帽子,20,1,b,蓝,\n"
    )
    report, stores = run(write(tmp_path, "a.csv", text), currency="CNY")
    shirt = _product(stores, "1")
    assert [(v.id, v.stock) for v in shirt.variants] == [("a-红-M", 3), ("a-黑-M", 0)]
    assert (shirt.price, shirt.stock) == (Money(5900, "CNY"), 3)
    assert not _product(stores, "2").variants
    assert counted(report)["product"] == (3, 2, 0, 0)


def test_what_is_put_right_in_a_variant_is_said(tmp_path: Path) -> None:
    text = "商品ID,商品名称,价格,库存,SKU编码,颜色\n1,T恤,59,充足,a-红,红\n1,T恤,69,0,a-黑,黑\n"
    report, _ = run(write(tmp_path, "a.csv", text), currency="CNY")
    assert [(r.line, r.field) for r in report.repairs] == [(2, "stock")]


ORDERS = (
    "订单编号,买家会员名,下单时间,商品ID,数量,单价,实付金额,订单状态\n"
    "T1,小明,2026-03-01 10:00:00,1,2,10,30,交易成功\nT1,小明,2026-03-01 10:00:00,2,1,10,30,交易成功\n"
    "T2,小红,2026/3/2 9:30,1,1,10,10,交易关闭\n"
)
REVIEWS = {
    "zh": "商品ID,用户昵称,评分,评价内容,评价时间\n1,小明,5星,很好,2026年3月6日\n2,小红,差评,掉色,2026-03-07\n",
    "en": "title,body,rating,review_date,reviewer_name,product_id\n"
    "Good,Works,5,2026-03-06,Lin,1\nBad,Broke,1,2026-03-07,Emma,2\n",
    "de": "Artikelnummer;Kunde;Sterne;Kommentar;Datum\n1;Lin;5;Gut;06.03.2026\n2;Emma;1;Kaputt;07.03.2026\n",
}


def _shop(tmp_path: Path) -> Stores:
    _, stores = run(write(tmp_path, "shop.csv", "id,title,price\n1,One,10\n2,Two,10\n"), currency="CNY")
    return stores


def test_lines_of_an_order_become_one_order(tmp_path: Path) -> None:
    _, stores = run(write(tmp_path, "dingdan.csv", ORDERS), stores=_shop(tmp_path), currency="CNY")
    first, second = (stores.orders.get(OrderId(id)) for id in ("T1", "T2"))
    assert first
    assert second
    assert [(line.product, line.quantity) for line in first.lines] == [("1", 2), ("2", 1)]
    assert (first.total, first.status, second.status) == (Money(3000, "CNY"), "paid", "cancelled")


@pytest.mark.parametrize("language", REVIEWS)
def test_reviews_are_known_by_their_headings(language: str, tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "r.csv", REVIEWS[language]), stores=_shop(tmp_path))
    assert counted(report)["review"] == (2, 2, 0, 0)
    assert [review.rating for id in "12" for review in stores.reviews.of(ProductId(id))] == [5, 1]


def test_a_log_of_acts_is_known_by_its_headings(tmp_path: Path) -> None:
    text = (
        "event_time,event_type,product_id,price,user_id,user_session\n2026-10-01 00:00:00 UTC,view,1,10,u1,s1\n"
        "2026-10-01 00:01:00 UTC,cart,1,10,u1,s1\n2026-10-01 00:02:00 UTC,remove_from_cart,1,10,u1,s1\n"
        "2026-10-01 00:03:00 UTC,取消收藏,1,10,u1,s1\n"
    )
    report, stores = run(write(tmp_path, "log.csv", text), stores=_shop(tmp_path))
    assert counted(report)["event"] == (4, 3, 0, 1)
    assert [each.event.type for each in stores.events.since(0)] == ["view", "cart", "remove_from_cart"]


def test_lines_of_orders_without_prices_are_purchases(tmp_path: Path) -> None:
    text = (
        "Order number,Customer,Order date,SKU,Quantity,Status\nA1,c1,2026-10-01,1,2,Completed\n"
        "A1,c1,2026-10-01,2,1,Completed\nA2,c2,2026-10-02,1,1,Cancelled\n"
    )
    report, stores = run(write(tmp_path, "orders.csv", text), stores=_shop(tmp_path))
    assert counted(report)["event"] == (3, 2, 0, 1)
    assert "no column is a price, so each line was kept as a purchase" in " ".join(report.notes)
    assert report.refusals[0].reason == "the order is cancelled: no purchase (column 'Status')"
    found = [each.event for each in stores.events.since(0)]
    assert [(e.type, e.shopper, e.product, e.quantity, e.order) for e in found] == [
        ("purchase", "c1", "1", 2, "A1"), ("purchase", "c1", "2", 1, "A1"),
    ]  # fmt: skip
    acts = "order id,action,user id,product id,quantity,date\nA3,view,c1,1,1,2026-10-03\n"
    report, _ = run(write(tmp_path, "acts.csv", acts), stores=stores)
    assert [each.event.type for each in stores.events.since(0)][-1] == "view"


WOO = {
    "de": "ID,Typ,Artikelnummer,Name,Veröffentlicht,Sichtbarkeit im Katalog,Vorrätig?,Lager,Angebotspreis,"
    "Regulärer Preis,Kategorien,Bilder,Übergeordnetes Produkt,Attribut 1 Name,Attribut 1 Wert(e)",
    "fr": "ID,Type,UGS,Nom,Publié,Visibilité dans le catalogue,En stock ?,Stock,Tarif promo,Tarif régulier,"
    "Catégories,Images,Parent,Nom de l’attribut 1,Valeur(s) de l’attribut 1 ",
    "es": "ID,Tipo,SKU,Nombre,Publicado,Visibilidad en el catálogo,¿Existencias?,Inventario,Precio rebajado,"
    "Precio normal,Categorías,Imágenes,Superior,Nombre del atributo 1,Valor(es) del atributo 1",
    "zh": "ID,类型,SKU,名称,已发布,在列表页可见,有货？,库存,促销价格,常规售价,分类,图片,父级,属性 1 名称,属性 1 值",
}


@pytest.mark.parametrize("language", WOO)
def test_woocommerce_in_other_languages(language: str, tmp_path: Path) -> None:
    rows = '1,variable,T,Shirt,1,visible,1,,,,A > B,https://x/1.jpg,,Size,"S, M"\n'
    rows += "2,variation,T-S,S,1,visible,1,4,8,10,,,T,Size,S\n"
    report, stores = run(write(tmp_path, "woo.csv", f"{WOO[language]}\n{rows}"))
    assert report.files[0].format == "woocommerce (table)"
    shirt = _product(stores, "1")
    assert [(v.id, v.stock, v.price, v.list_price) for v in shirt.variants] == [
        ("2", 4, Money(800, "USD"), Money(1000, "USD"))
    ]
    assert (shirt.hidden, shirt.images) == (False, ("https://x/1.jpg",))


def test_a_column_that_no_file_has_is_said(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "a.csv", "id,title,price\n1,Hat,9\n"), mapping={"Bezeichnung": "brand"})
    assert report.notes == ["--map Bezeichnung=brand: no file has a column 'Bezeichnung'"]


def test_goods_without_a_price_are_taken_where_the_caller_says_they_are_goods(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "Artikelnummer;Bezeichnung\n1;Hut\n")
    report, _ = run(path)
    assert (report.files[0].refused or "").endswith("daogou import a.csv --kind product")
    _, stores = run(path, kind="product")
    assert _product(stores, "1").title.en == "Hut"


def test_reviews_without_dates_get_that_of_the_import_and_are_known_again(tmp_path: Path) -> None:
    stores = _shop(tmp_path)
    path = write(tmp_path, "r.csv", "product_id,rating,review,author\n1,5,Good,Lin\n1,1,Broke,Emma\n")
    report, _ = run(path, stores=stores)
    assert counted(report)["review"] == (2, 0, 2, 0)
    again, _ = run(path, stores=stores)
    assert [(c.unchanged, c.repaired) for c in again.totals.values()] == [(2, 0)]
