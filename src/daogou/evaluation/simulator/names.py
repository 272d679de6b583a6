"""Common names to give simulated shoppers; any likeness is chance."""

NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "zh": (  # family, given
        tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"),
        ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明", "超", "雨欣", "子涵", "思远", "嘉怡", "浩然", "梓萱", "一诺", "若曦"),
    ),
    "en": (  # given, family
        ("Olivia", "Liam", "Emma", "Noah", "Ava", "Oliver", "Mia", "Lucas", "Sofia", "Ethan", "Isla", "Leo", "Grace", "Jack", "Chloe", "Henry", "Ruby", "Oscar", "Nora", "Felix"),
        ("Smith", "Jones", "Brown", "Taylor", "Wilson", "Evans", "Walker", "Wright", "Green", "Hall", "Clarke", "Baker", "Young", "King", "Moore", "Reed", "Cook", "Ward", "Fox", "Hayes"),
    ),
}  # fmt: skip
