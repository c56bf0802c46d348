"""manage.py certificate verify FILE|PAYLOAD [--key PUBLIC]: verifies without site and database.

keys makes a pair; publics lists the public keys of this installation, as anybody may have them.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from awards.certificates.keys import keys as own_keys
from awards.certificates.signing import new_key, public_of, verified
from awards.rules.certificates import Claim
from core.printing.codes import read_codes
from core.problems import Refused

MAX_BYTES = 20_000_000


class Command(BaseCommand):
    help = "证书签名：不连网站和数据库查验一份证书，或生成一对密钥"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        deeds.add_parser("keys", help="生成一对密钥：私钥签名，不外传；公钥查验，可以公开")
        deeds.add_parser("publics", help="列出本站现在认可的公钥，现用的在前")
        verify = deeds.add_parser("verify", help="查验证书")
        verify.add_argument("what", help="证书的 PDF、JPG、PNG 文件，或扫描二维码得到的链接、内容")
        verify.add_argument("--key", action="append", help="组委会公布的公钥；换过密钥的，每个写一次；不写就用本站的")

    def handle(self, *args: Any, deed: str, **options: Any) -> None:
        if deed == "keys":
            private = new_key()
            self.stdout.write(f"私钥 {private}\n公钥 {public_of(private)}")
            return
        if deed == "publics":
            self.stdout.write("\n".join(f"{name}:{public}" for name, public in own_keys().publics.items()))
            return
        publics = [key.rpartition(":")[2] for key in options["key"] or own_keys().publics.values()]
        try:
            found = [verified(text, publics) for text in _payloads(options["what"])]
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        except ValueError as wrong:
            raise CommandError("公钥不对：应为 32 字节的 Base64") from wrong
        if not found:
            raise CommandError("文件里没有找到证书的二维码")
        for claim in found:
            self.stdout.write(_said(claim))
        self.stdout.write("以上签名有效。签名证明由组委会签发且未被改动；是否已更正或撤销，请在网站上查验")


def _payloads(what: str) -> list[str]:
    """The texts of the codes in a file, or the text itself. Raises CommandError for a file too large."""
    file = Path(what)
    try:
        is_file = file.is_file()
    except (OSError, ValueError):  # a payload is longer than a file's name may be
        is_file = False
    if not is_file:
        return [what]
    if file.stat().st_size > MAX_BYTES:
        raise CommandError(f"文件超过 {MAX_BYTES // 1_000_000} MB，请只查验证书本身")
    return [text for page in read_codes(file.read_bytes()) for text in page]


def _said(claim: Claim) -> str:
    return f"{claim.number}　{claim.name}　{claim.award}　{claim.date.isoformat()}"
