"""Words every shopper uses, in both languages: colours, materials, people, occasions, features. No products.

One line is one idea: its English words, a slash, its Chinese words. A shop that has any of them on record as a value
is understood by all of them; ideas that no value of the shop names stay words, matched in both languages.
"""

from __future__ import annotations

from collections.abc import Iterator

_IDEAS = """
red, crimson, scarlet / 红, 红色, 大红
blue / 蓝, 蓝色
navy, navy blue / 藏青, 藏青色, 藏蓝, 藏蓝色, 深蓝, 深蓝色, 海军蓝
green / 绿, 绿色
black / 黑, 黑色
white / 白, 白色
grey, gray / 灰, 灰色
yellow / 黄, 黄色
orange / 橙, 橙色, 橘色, 橘
purple, violet / 紫, 紫色
pink / 粉, 粉色, 粉红, 粉红色
brown / 棕, 棕色, 褐色, 咖啡色
beige, cream / 米色, 米白, 米白色, 杏色
khaki / 卡其, 卡其色
silver / 银色
gold, golden / 金色
transparent, clear / 透明, 透明色
multicolor, multicolour, colorful, colourful / 彩色, 多色
leather, genuine leather / 皮, 皮革, 真皮, 皮质, 皮的
faux leather, vegan leather, pu leather / 人造革, pu皮, 仿皮
suede / 麂皮, 绒面革
cotton / 棉, 纯棉, 棉质, 全棉
linen / 亚麻, 麻
wool / 羊毛
cashmere / 羊绒
silk / 丝绸, 真丝, 丝
polyester / 聚酯, 聚酯纤维, 涤纶
nylon / 尼龙, 锦纶
down / 羽绒
denim / 牛仔, 牛仔布
canvas / 帆布
mesh / 网面, 网布
rubber / 橡胶
plastic / 塑料
silicone / 硅胶
wood, wooden / 木, 木质, 实木, 木头
bamboo / 竹, 竹制, 竹子, 竹质
metal / 金属
stainless steel / 不锈钢
steel / 钢
iron / 铁
aluminium, aluminum / 铝, 铝合金
glass / 玻璃
ceramic / 陶瓷
paper / 纸, 纸质
unisex / 男女通用, 中性, 男女同款
breathable / 透气, 透气的
waterproof, water proof, water resistant / 防水, 防水的
windproof / 防风
lightweight, light weight / 轻便, 轻量, 轻薄
non slip, non-slip, anti slip, slip resistant / 防滑
warm, thermal, insulated / 保暖, 保温
quick dry, quick-dry, fast drying / 速干
foldable, folding / 折叠, 可折叠
portable / 便携, 便携式
rechargeable / 可充电, 充电式
wireless, cordless / 无线
bluetooth / 蓝牙
noise cancelling, noise canceling, noise-cancelling, noise reduction / 降噪
fast charging, quick charge / 快充
washable, machine washable / 可水洗, 可机洗
organic / 有机
fragrance free, fragrance-free, unscented / 无香, 无香料
sugar free, sugar-free / 无糖
gluten free, gluten-free / 无麸质
vegan / 纯素
moisturizing, moisturising, hydrating / 保湿, 补水
sun protection, sunscreen / 防晒
wide fit / 宽楦
cushioned, cushioning / 缓震, 减震
stretch, stretchy / 弹力
smart / 智能
soft / 柔软
durable / 耐用, 结实
comfortable, comfy / 舒适, 舒服
casual / 休闲
formal / 正式, 正装
sporty, athletic / 运动风
minimalist / 简约, 极简
vintage, retro / 复古
spring / 春, 春季, 春天
summer / 夏, 夏季, 夏天
autumn / 秋, 秋季, 秋天
winter / 冬, 冬季, 冬天
"""

# Whom a product is described as being for: words of catalogues and of shoppers alike.
_AUDIENCES = """
woman, lady, female, womens / 女, 女士, 女式, 女款, 女生, 女性, 女人
man, gentleman, male, mens / 男, 男士, 男式, 男款, 男生, 男性, 男人
child, kid / 儿童, 小孩, 小孩子, 小朋友
toddler / 幼儿, 学步儿童
teenager, teen / 青少年
"""

# Whom a shopper buys for. After a bar: the audience whose products suit, where a shop says which those are.
_PEOPLE = """
mother, mom, mum, mommy, mama, mother-in-law / 妈妈, 母亲, 老妈, 我妈, 妈, 婆婆, 岳母, 丈母娘 | woman
father, dad, daddy, papa, father-in-law / 爸爸, 父亲, 老爸, 我爸, 爸, 公公, 岳父, 老丈人 | man
parents, folks / 父母, 爸妈, 爸爸妈妈
wife / 老婆, 妻子, 太太, 媳妇, 爱人 | woman
husband, hubby / 老公, 丈夫 | man
girlfriend, gf / 女友, 女朋友, 对象 | woman
boyfriend, bf / 男友, 男朋友 | man
fiance / 未婚夫 | man
fiancee / 未婚妻 | woman
her / 她 | woman
him / 他 | man
baby, infant, newborn / 婴儿, 新生儿, 宝宝, 小宝宝, 宝贝, 刚出生, 新出生
child / 孩子, 娃, 小家伙
son / 儿子
daughter / 女儿, 闺女
boy / 男孩, 男孩子, 男童, 小男孩
girl / 女孩, 女孩子, 女童, 小女孩
brother / 哥哥, 弟弟 | man
sister / 姐姐, 妹妹 | woman
nephew / 侄子, 外甥
niece / 侄女, 外甥女
cousin / 表哥, 表姐, 表弟, 表妹, 堂弟, 堂妹
uncle / 叔叔, 舅舅, 伯伯 | man
aunt, auntie / 阿姨, 姑姑, 舅妈 | woman
grandmother, grandma, granny, nana / 奶奶, 外婆, 姥姥 | woman
grandfather, grandpa, granddad / 爷爷, 外公, 姥爷 | man
elderly, senior, grandparent / 老人, 老人家, 长辈, 老年人
couple, newlywed / 情侣, 新人, 小两口
friend, best friend, bestie, buddy, pal / 朋友, 好友, 闺蜜, 哥们, 兄弟
classmate / 同学
roommate, flatmate / 室友
neighbour, neighbor / 邻居
colleague, coworker, co-worker / 同事
boss, manager / 老板, 领导, 上司
client, customer / 客户
teacher / 老师
student / 学生, 大学生
pet / 宠物
dog, puppy / 狗, 狗狗, 小狗
cat, kitten / 猫, 猫咪, 小猫
"""

GOODS_FOR = {"dog": ("dog", "pet"), "cat": ("cat", "pet"), "baby": ("婴童", "婴幼儿", "baby")}
"""Whose goods may be called by another word than the person is, with the words, the likelier first."""
GIFT = "gift"
_OCCASIONS = """
birthday, bday / 生日, 过生日
wedding / 婚礼, 结婚, 婚庆, 新婚
engagement / 订婚
christmas, xmas / 圣诞, 圣诞节
valentine, valentine's day, valentines day / 情人节, 七夕
mother's day, mothers day / 母亲节
father's day, fathers day / 父亲节
children's day / 儿童节, 六一, 六一儿童节
teachers' day, teacher's day / 教师节
women's day / 妇女节, 女神节, 三八节
chinese new year, spring festival, lunar new year / 春节, 过年, 新年, 年货
new year, new year's / 元旦
mid-autumn festival / 中秋, 中秋节
dragon boat festival / 端午, 端午节
national day / 国庆, 国庆节
thanksgiving / 感恩节
halloween / 万圣节
easter / 复活节
anniversary / 周年, 纪念日, 周年纪念
graduation / 毕业, 毕业典礼
housewarming, house warming / 乔迁, 搬家, 入宅, 新居
baby shower / 满月, 百日宴
retirement / 退休
gift, present / 礼物, 送礼, 礼品, 见面礼
interview, job interview / 面试
business, business trip / 商务, 出差
date, date night / 约会
travel, trip, vacation, holiday, travelling, traveling / 旅行, 旅游, 度假
office, for work, at work, to work, commute, commuting / 办公, 上班, 通勤, 办公室
school, back to school / 上学, 开学, 学校
dorm, dormitory / 宿舍
camping / 露营
hiking, trekking / 徒步, 登山, 爬山
picnic / 野餐
beach / 海边, 沙滩
running, jogging / 跑步, 慢跑, 晨跑
marathon / 马拉松
gym, fitness, workout, exercise / 健身, 健身房
yoga / 瑜伽
swimming / 游泳
skiing / 滑雪
fishing / 钓鱼
cycling / 骑行, 骑车
party / 派对, 聚会
home / 居家, 家用
outdoor, outdoors / 户外
"""

# How brands that sell in both languages are called in Chinese.
_BRANDS = """
nike / 耐克
adidas / 阿迪达斯, 阿迪
puma / 彪马
new balance / 新百伦
converse / 匡威
vans / 范斯
skechers / 斯凯奇
under armour / 安德玛
asics / 亚瑟士
the north face / 北面
columbia / 哥伦比亚
li-ning, li ning, lining / 李宁
anta / 安踏
uniqlo / 优衣库
apple / 苹果
samsung / 三星
huawei / 华为
xiaomi / 小米
lenovo / 联想
hp, hewlett packard / 惠普
dell / 戴尔
asus / 华硕
acer / 宏碁
sony / 索尼
canon / 佳能
nikon / 尼康
epson / 爱普生
brother / 兄弟
panasonic / 松下
philips / 飞利浦
bosch / 博世
siemens / 西门子
dyson / 戴森
logitech / 罗技
microsoft / 微软
toshiba / 东芝
kingston / 金士顿
sandisk / 闪迪
lego / 乐高
ikea / 宜家
nivea / 妮维雅
l'oreal, loreal / 欧莱雅
"""


def ideas() -> Iterator[tuple[str, ...]]:
    """Every idea's words, English first; people and occasions included."""
    for table in (_IDEAS, _AUDIENCES, _PEOPLE, _OCCASIONS, _BRANDS):
        yield from _lines(table)


def brands() -> Iterator[tuple[str, ...]]:
    """How brands that sell everywhere are called."""
    yield from _lines(_BRANDS)


def people() -> Iterator[tuple[str, ...]]:
    """Whom a product can be for; the first word of each names the idea."""
    yield from _lines(_AUDIENCES)
    yield from _lines(_PEOPLE)


def audiences() -> dict[str, str]:
    """Which audience's products suit a person: mother → woman. Nothing is said of children: their ages differ."""
    lines = (line.rpartition("|") for line in _PEOPLE.strip().splitlines())
    suits = {said.partition(",")[0].partition("/")[0].strip(): whom.strip() for said, bar, whom in lines if bar}
    return suits | {"woman": "woman", "man": "man"}


def audience_words() -> Iterator[tuple[str, ...]]:
    """Whom catalogues describe products as being for; the first word of each names the audience."""
    return _lines(_AUDIENCES)


def occasions() -> Iterator[tuple[str, ...]]:
    """What a product can be for; the first word of each names the idea."""
    return _lines(_OCCASIONS)


def _lines(table: str) -> Iterator[tuple[str, ...]]:
    for line in table.strip().splitlines():
        said = line.partition("|")[0]
        yield tuple(word.strip() for part in said.split("/", 1) for word in part.split(","))
