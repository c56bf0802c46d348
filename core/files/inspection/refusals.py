"""What stopped a file, in words that name the way out."""

from collections.abc import Mapping

from core.problems import Problem, Refused

from ..kinds import DOCX, MP4, PDF, PPTX, XLSX, ZIP, Kind

SAVE = {
    DOCX: "请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”",
    PPTX: "请用 PowerPoint 或 WPS 打开，另存为“演示文稿（.pptx）”",
    XLSX: "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”",
    PDF: "请打开它，用“打印 → 另存为 PDF”重新生成一份",
    MP4: "请用剪映等软件打开，重新导出为 MP4（H.264）",
    ZIP: "请解压后重新压缩成普通的 .zip",
}
WORDS = {
    "empty": "是空的（0 字节）。请检查是否保存成功，再重新上传",
    "markup": "是网页或 SVG，里面可以带脚本，不能接收。图片请另存为 PNG 或 JPG，文档请另存为 PDF",
    "program": "里有程序文件{name}，不能接收。请去掉程序，只留源代码和资料",
    "old_office": "是旧版 Office 文档。请用 Office 或 WPS 打开，另存为 .docx、.pptx、.xlsx 或 PDF",
    "macro": "带有宏，出于安全不能接收。{save}，保存时选择不含宏的格式",
    "active": "里有{what}，打开时可能执行操作，不能接收。{save}",
    "encrypted": "加了密码，打不开。请去掉密码，保存后再上传",
    "corrupt": "已损坏，打不开。{save}，再重新上传",
    "truncated": "不完整，后面的内容缺失，可能没有保存或下载完。请从原设备重新导出后再上传",
    "wrong_duration": "的文件头写的时长是 {said} 秒，实际内容是 {seconds} 秒，两者不符。{save}",
    "polyglot": "里还藏着另一种格式的内容，不能接收。{save}",
    "nested": "里面还有压缩包“{name}”。请把它解开，只压缩一层",
    "overlapping": "里有互相重叠或重名的文件，不能接收。{save}",
    "bomb": "解压后有 {inflated} MB，超出允许的范围。请删去不需要的大文件后重新压缩",
    "unsafe_name": "里的“{name}”名称不安全（带有上级目录、盘符、链接或控制字符）。请改名后重新压缩",
    "too_many_entries": "里有 {entries} 个文件，太多了。请去掉 node_modules 等自动生成的文件夹后重新压缩",
    "too_many_pixels": "的画面有 {width}×{height} 像素，太大，打不开。请缩小后再上传",
    "too_many_pages": "有 {pages} 页，太多了。请拆分或删减后再上传",
    "too_heavy": "太复杂，检查超时。{save}，再重新上传",
    "no_stream": "里没有可播放的内容。{save}",
    "encoding": "的文字编码认不出来，或者夹有控制字符。请用记事本打开，另存为“UTF-8”编码后再上传",
    "infected": "带有病毒（{virus}），不能接收。请先在电脑上杀毒，再重新导出上传",
    "unknown": "{what}。请改用通知列出的格式",
    "extension": "的内容是{label}，文件名却是“{ending}”。请确认没有选错；没选错的，把扩展名改成“{wanted}”再上传",
}


def refusal(code: str, name: str, kind: Kind | None = None, facts: Mapping[str, object] | None = None) -> Refused:
    """`file.<code>` about a file; an unknown code counts as corrupt."""
    said = {"save": "请重新保存一份"} | {key: _printable(value) for key, value in (facts or {}).items()}
    if kind in SAVE:
        said["save"] = SAVE[kind]
    elif kind and kind.content_type.startswith("image/"):
        said["save"] = "请用看图或修图软件打开，另存为新的 PNG 或 JPG"
    elif kind and kind.content_type.startswith(("video/", "audio/")):
        said["save"] = SAVE[MP4] if kind.content_type.startswith("video/") else "请用音频软件打开，重新导出为 MP3"
    words = WORDS.get(code) or WORDS[code := "corrupt"]
    return Refused(Problem(f"file.{code}", f"“{name}”{words.format(**said)}"))


def _printable(value: object) -> str:
    """A name from inside the file, on one line."""
    return "".join(character if character.isprintable() else "·" for character in str(value))
