"""One way of writing text, character by character, so that every span can be pointed at in the text as typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# The traditional characters that shop texts and queries use most, above their simplified forms. This is a table of
# common characters, not a converter: words that differ (行動電源, 充电宝) are not translated.
_TRADITIONAL = (
    "運動鞋褲襪裙襯衫領帶錶電腦機殼線無藍綠紅黃銀顏質棉絲麻燈櫃檯椅鍋爐壺盤餐廳臥室廚衛"
    "媽爸兒童嬰學書筆畫紙讀寫價錢塊萬億兩個雙條張臺號碼長寬厚輕彈韌軟硬溫熱涼風雨雪濕乾燥"
    "買賣賬單訂貨運費優惠滿減贈禮節慶聖誕過後間時歲歡樂請問嗎這那麼樣還與從給對開關門車輪騎遊"
    "戲樂聲響頭髮護膚潔顔淨體驗證試壓縮儲藏復複製產廠華東國際歐韓進選擇找適當應該據說話買"
    "馬駝絨羽毛領圍巾帽眼鏡項鏈環戒飾寶貝貴實惠補養維營雞鴨魚蝦麵飯湯糖鹽醬醋雜糧穀"
    "於為會來沒別級類種組點線圖標誌標準滑鼠鍵盤攝錄視頻監視顯屏螢幕觸電池續航備份達達設計師"
    "專業極簡約復古潮流達訊係統網絡聯繫連接員團隊傘槍釣棒籃籠艙帳篷睡墊氈蓋絨氣墊減震穩固"
)
_SIMPLIFIED = (
    "运动鞋裤袜裙衬衫领带表电脑机壳线无蓝绿红黄银颜质棉丝麻灯柜台椅锅炉壶盘餐厅卧室厨卫"
    "妈爸儿童婴学书笔画纸读写价钱块万亿两个双条张台号码长宽厚轻弹韧软硬温热凉风雨雪湿干燥"
    "买卖账单订货运费优惠满减赠礼节庆圣诞过后间时岁欢乐请问吗这那么样还与从给对开关门车轮骑游"
    "戏乐声响头发护肤洁颜净体验证试压缩储藏复复制产厂华东国际欧韩进选择找适当应该据说话买"
    "马驼绒羽毛领围巾帽眼镜项链环戒饰宝贝贵实惠补养维营鸡鸭鱼虾面饭汤糖盐酱醋杂粮谷"
    "于为会来没别级类种组点线图标志标准滑鼠键盘摄录视频监视显屏荧幕触电池续航备份达达设计师"
    "专业极简约复古潮流达讯系统网络联系连接员团队伞枪钓棒篮笼舱帐篷睡垫毡盖绒气垫减震稳固"
)
_SIMPLER = {ord(t): s for t, s in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if t != s}
_QUOTES = {ord(c): "'" for c in "’‘`´"} | {ord(c): '"' for c in "“”″"} | {ord(c): "-" for c in "‐‑‒–—−"}


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text that remembers where each of its characters came from."""

    text: str
    starts: tuple[int, ...]
    """For each character, and for the end, its place in the text as typed."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the normalised text into a span of the text as typed."""
        if end <= start:
            return self.starts[start], self.starts[start]
        return self.starts[start], self.starts[end - 1] + 1


def normalise(text: str) -> Normal:
    """Fold width (NFKC), case, traditional characters, quotes and white space; lengths may change, places are kept."""
    out: list[str] = []
    starts: list[int] = []
    for place, char in enumerate(text):
        for folded in _FOLDED[ord(char)]:
            out.append(folded)
            starts.append(place)
    return Normal("".join(out), (*starts, len(text)))


def plain(text: str) -> str:
    """The normalised text alone."""
    if text.isascii() and text.isprintable():
        return text.lower()
    return text.translate(_FOLDED)


def _fold(char: str) -> str:
    """One character, folded; control characters and combining marks become nothing or a space."""
    if char < "\x80":
        return " " if char < " " or char == "\x7f" else char.lower()
    if char in "™®©":
        return " "
    folded = unicodedata.normalize("NFKC", char).casefold().translate(_SIMPLER).translate(_QUOTES)
    if folded.isalnum() or not folded:
        return _without_marks(folded)
    return "".join(" " if c.isspace() or unicodedata.category(c)[0] == "C" else c for c in _without_marks(folded))


def _without_marks(text: str) -> str:
    """é becomes e: shoppers type brand names without accents. Other scripts keep their letters."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


class _Folded(dict[int, str]):
    """Characters folded before, for `str.translate`: more than any shop's texts have."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < _MOST_FOLDED:
            self[code] = folded
        return folded


_MOST_FOLDED = 16_384


_FOLDED = _Folded()
