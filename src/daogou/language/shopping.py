"""Words every shopper uses, in both languages: colours, materials, people, occasions, features. No products.

One line is one idea: its English words, a slash, its Chinese words. A shop that has any of them on record as a value
is understood by all of them; ideas that no value of the shop names stay words, matched in both languages.
"""

from __future__ import annotations

from collections.abc import Iterator

_IDEAS = """
red, crimson, scarlet / 红, 红色, 大红
blue / 蓝, 蓝色
navy, navy blue / 藏青, 藏青色, 深蓝, 深蓝色, 海军蓝
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
bamboo / 竹, 竹制
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

_PEOPLE = """
woman, lady, female, womens, her, girlfriend, wife / 女, 女士, 女式, 女款, 女生, 女性, 女友, 女朋友, 老婆, 妻子
man, gentleman, male, mens, him, boyfriend, husband / 男, 男士, 男式, 男款, 男生, 男性, 男友, 男朋友, 老公, 丈夫
mother, mom, mum / 妈妈, 母亲
father, dad / 爸爸, 父亲
child, kid, toddler / 儿童, 小孩, 孩子, 宝宝, 小朋友
boy, son / 男孩, 男童, 儿子
girl, daughter / 女孩, 女童, 女儿
baby, infant, newborn / 婴儿, 新生儿
teenager, teen / 青少年
elderly, grandparent, grandma, grandpa, senior / 老人, 爷爷, 奶奶, 外公, 外婆, 长辈
friend / 朋友
colleague, coworker, boss / 同事, 老板
teacher / 老师
student / 学生
pet, dog, cat / 宠物, 狗, 猫
"""

_OCCASIONS = """
birthday / 生日
wedding / 婚礼, 结婚
christmas, xmas / 圣诞, 圣诞节
valentine, valentines day / 情人节
mother's day / 母亲节
father's day / 父亲节
chinese new year, spring festival, lunar new year / 春节, 过年, 新年
mid-autumn festival / 中秋, 中秋节
anniversary / 周年, 纪念日
gift, present / 礼物, 送礼, 礼品
travel, trip, vacation / 旅行, 旅游, 出差
office, work, commute, commuting / 办公, 上班, 通勤, 办公室
school, back to school / 上学, 开学
camping / 露营
hiking, trekking / 徒步, 登山, 爬山
running, jogging / 跑步
gym, fitness, workout / 健身
yoga / 瑜伽
swimming / 游泳
cycling / 骑行
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
    for table in (_IDEAS, _PEOPLE, _OCCASIONS, _BRANDS):
        yield from _lines(table)


def people() -> Iterator[tuple[str, ...]]:
    """Whom a product can be for; the first word of each names the idea."""
    return _lines(_PEOPLE)


def occasions() -> Iterator[tuple[str, ...]]:
    """What a product can be for; the first word of each names the idea."""
    return _lines(_OCCASIONS)


def _lines(table: str) -> Iterator[tuple[str, ...]]:
    for line in table.strip().splitlines():
        yield tuple(word.strip() for part in line.split("/", 1) for word in part.split(","))
