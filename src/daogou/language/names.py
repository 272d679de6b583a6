"""What attributes and facets are called on a page, in both languages."""

from __future__ import annotations

from daogou.domain.text import Text

TYPES = ("product type", "product_type", "商品类型")
"""Names of attributes that say what a product is, where it has no category."""
GOODS = ("tags", *TYPES)
"""Names of attributes whose values name the goods themselves."""
_NAMES = {
    "category": ("类目", "Category"), "brand": ("品牌", "Brand"), "price": ("价格", "Price"),
    "color": ("颜色", "Colour"), "colour": ("颜色", "Colour"), "size": ("尺码", "Size"),
    "material": ("材质", "Material"), "gender": ("适用性别", "Gender"), "audience": ("适用人群", "For"),
    "age": ("适用年龄", "Age"), "age_group": ("年龄段", "Age group"), "season": ("季节", "Season"),
    "style": ("风格", "Style"), "occasion": ("场合", "Occasion"), "use": ("用途", "Use"),
    "feature": ("特点", "Feature"), "features": ("特点", "Features"), "pattern": ("图案", "Pattern"),
    "fit": ("版型", "Fit"), "length": ("长度", "Length"), "width": ("宽度", "Width"), "height": ("高度", "Height"),
    "weight": ("重量", "Weight"), "capacity": ("容量", "Capacity"), "volume": ("容量", "Volume"),
    "power": ("功率", "Power"), "battery": ("电池", "Battery"), "connectivity": ("连接方式", "Connection"),
    "screen": ("屏幕", "Screen"), "storage": ("存储", "Storage"), "memory": ("内存", "Memory"),
    "flavor": ("口味", "Flavour"), "flavour": ("口味", "Flavour"), "scent": ("香味", "Scent"),
    "skin_type": ("肤质", "Skin type"), "ingredient": ("成分", "Ingredient"), "origin": ("产地", "Origin"),
    "warranty": ("保修", "Warranty"), "author": ("作者", "Author"), "publisher": ("出版社", "Publisher"),
    "language": ("语言", "Language"), "format": ("装帧", "Format"),
    "type": ("类型", "Type"), "model": ("型号", "Model"),
    "shape": ("形状", "Shape"), "room": ("房间", "Room"), "waterproof": ("防水", "Waterproof"),
    "sport": ("运动", "Sport"), "department": ("部门", "Department"), "rating": ("评分", "Rating"),
    "on_sale": ("优惠中", "On sale"), "pieces": ("件数", "Pieces"), "condition": ("成色", "Condition"),
}  # fmt: skip


def is_attribute(word: str) -> bool:
    """Is the word what an attribute is called, in either language?"""
    return word in _CALLED


def display_name(name: str) -> Text:
    """The name of an attribute for people; a name not in the table is shown as the catalogue writes it."""
    if name in _NAMES:
        zh, en = _NAMES[name]
        return Text(zh=zh, en=en)
    return Text.of(name.replace("_", " ").strip().capitalize())


_CALLED = frozenset(word.casefold() for names in _NAMES.values() for word in names) | frozenset(_NAMES) | {
    "续航", "屏", "厚", "长", "宽", "高", "重", "内存", "颜色", "腰", "腰围", "码数", "款式", "面料", "质地", "waist",
    "display", "fabric",
}  # fmt: skip
