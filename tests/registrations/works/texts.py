"""Made Chinese texts for tests and benches, and what a copier does to one."""

import random

_WORDS = """
    人工智能 科普 广东 学生 课程 观察 实验 机器 学习 模型 图像 声音 生活 海洋 植物 动物 城市 乡村 研学 基地 我们 他们
    老师 数据 算法 程序 小组 讨论 记录 发现 问题 方法 结果 分析 制作 视频 漫画 故事 能源 环境 保护 气候 变化 珠江
    岭南 文化 历史 宇宙 星星 月亮 飞船 健康 饮食 运动 大脑 细胞 基因 医生 医院 桥梁 隧道 高铁 汽车 电池 太阳能 风力
    水稻 荔枝 茶叶 蚕丝
"""
_LINKS = """
    的 了 和 在 是 与 把 让 从 对 用 为 及 并 就 也 都 还 更 最 以 可以
    能够 通过 其中 因此 然后 一种 这个 那些 不同 重要
"""
WORDS, LINKS = _WORDS.split(), _LINKS.split()


def essay(seed: int, characters: int = 2000) -> str:
    """Sentences on the contest's subjects, others for every seed."""
    chance, parts, length = random.Random(seed), [], 0
    while length < characters:
        words = [chance.choice(WORDS if chance.random() < 0.6 else LINKS) for _ in range(chance.randint(5, 14))]
        parts.append("".join(words) + chance.choice("，。；"))
        length += len(parts[-1])
    return "".join(parts)


def edited(text: str, percent: int, seed: int = 1) -> str:
    """With so many of its characters changed, here and there."""
    chance = random.Random(seed)
    return "".join(chance.choice("改换新词句字") if chance.random() * 100 < percent else c for c in text)
