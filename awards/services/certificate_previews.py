"""How a planned batch will look: its longest names on paper, marked as samples, with a code that nobody signed."""

from ..certificates.fonts import batch_fonts
from ..certificates.rendering import CertificatePress, Sheet, taken
from ..models import CertificateBatch
from ..rules.certificates import SIGNATURE, Claim, payload_of
from ..rules.certifying import printed_for
from .certificate_printing import seal_bytes
from .certifying import asked_of, link_of, plan

SAMPLES = 3
NOTE = "样张：编号未分配，二维码不能查验"


def samples(batch: CertificateBatch) -> bytes:
    """A PDF of the longest few. Raises Refused for what cannot be printed."""
    made = plan(asked_of(batch), batch.issued_on)
    sheets = []
    for one in sorted(made.recipients, key=lambda one: -len(one.name))[:SAMPLES]:
        said = printed_for(made.wording, one)
        number = f"{one.group}-000000"
        link = link_of(payload_of(Claim(number, one.name, said.award, made.issued_on), bytes(SIGNATURE)))
        seal = seal_bytes(made.seal.picture.pk) if made.seal else b""
        sheets.append(
            Sheet(said.title, said.words, said.issuers, made.issued_on, number, link, (*said.notes, NOTE), seal)
        )
    press = CertificatePress(batch_fonts(sheet.text for sheet in sheets))
    return press.many(taken(press.laid_out(sheets)))
