"""A material's limits in words, shown before anything is handed in."""

from tracks.rulebook.works import Material


def limits_of(material: Material) -> list[str]:
    """Each limit as a short phrase: “MP4 格式”, “每个不超过 300 MB”, “10 秒至 5 分钟”."""
    said = _of_file(material) if material.kind == "file" else []
    if material.kind == "number":
        said.append("填数字")
    if limit := _between(material.characters_min, material.characters_max, "个字"):
        said.append(limit)
    return said


def _of_file(material: Material) -> list[str]:
    said = ["、".join(kind.upper() for kind in material.types) + " 格式"]
    if material.count_max > 1:
        said.append(_between(material.count_min, material.count_max, "个文件"))
    if limit := _between(material.size_min_mb, material.size_max_mb, "MB"):
        said.append(f"每个{limit}")
    if material.seconds_min or material.seconds_max:
        said.append(_lasting(material))
    if material.codecs:
        said.append("编码 " + "、".join(codec.upper() for codec in material.codecs))
    if material.width_min or material.height_min:
        said.append(f"至少 {material.width_min} × {material.height_min} 像素")
    if material.dpi_min:
        said.append(f"图片 {material.dpi_min} dpi 以上")
    if material.pages_max:
        said.append(f"不超过 {material.pages_max} 页")
    return said


def _between(low: int, high: int | None, unit: str) -> str:
    if low and high:
        return f"{low} {unit}" if low == high else f"{low} 至 {high} {unit}"
    if high:
        return f"不超过 {high} {unit}"
    return f"不少于 {low} {unit}" if low else ""


def _lasting(material: Material) -> str:
    low = f"{_time(material.seconds_min)}" if material.seconds_min else ""
    high = f"{_time(material.seconds_max)}" if material.seconds_max else ""
    if low and high:
        return f"时长 {low}至 {high}"
    return f"时长不超过 {high}" if high else f"时长不少于 {low}"


def _time(seconds: int | None) -> str:
    minutes, rest = divmod(seconds or 0, 60)
    return f"{minutes} 分钟" if minutes and not rest else f"{seconds} 秒"
