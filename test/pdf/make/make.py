"""Makes the test PDFs of pyHanko and reportlab, and the two documents of the demo. Run: python test/pdf/make/make.py"""

import random
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import documents
from asn1crypto import keys, x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic, incremental_writer, writer
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter, copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).resolve().parent
OUT = HERE.parent
EXAMPLES = HERE.parents[2] / "examples"
BOX = (72, 100, 272, 160)


class SameEveryTime:
    """Replaces `os` where pyHanko makes document ids, so that a second run writes the same bytes."""

    numbers = random.Random(1)

    @classmethod
    def urandom(cls, count):
        return cls.numbers.randbytes(count)


def make_repeatable():
    writer.os = incremental_writer.os = SameEveryTime
    BasePdfFileWriter._update_meta = lambda self: None  # no modification dates


def page(pages=1):
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(595, 842), invariant=1)
    for number in range(pages):
        canvas.drawString(72, 760, f"Test document, page {number + 1}")
        canvas.showPage()
    canvas.save()
    return stream


def save(name, pdf):
    (OUT / name).write_bytes(write(pdf))


def write(pdf):
    out = BytesIO()
    pdf.write(out)
    return out.getvalue()


def field(name, **more):
    return SigFieldSpec(name, box=BOX, **more)


def new(*fields, **options):
    """One revision: the pages and the fields are written together."""
    pdf = copy_into_new_writer(PdfFileReader(page()), writer_kwargs=options)
    for spec in fields:
        append_signature_field(pdf, spec)
    return pdf


def update(data, *fields):
    pdf = IncrementalPdfFileWriter(BytesIO(data))
    for spec in fields:
        append_signature_field(pdf, spec)
    return pdf


def object_streams(*fields):
    pdf = new(*fields, stream_xrefs=True)
    stream = pdf.prepare_object_stream()
    for key in list(pdf.objects):
        content = pdf.objects[key]
        if not isinstance(content, generic.StreamObject):
            stream.add_object(key[1], content)
            del pdf.objects[key]
    return pdf


def field_removed(data):
    pdf = IncrementalPdfFileWriter(BytesIO(data))
    fields = pdf.root["/AcroForm"]["/Fields"]
    while fields:
        fields.pop()
    pdf.update_container(fields)
    return pdf


def form_removed(data):
    pdf = IncrementalPdfFileWriter(BytesIO(data))
    del pdf.root["/AcroForm"]
    pdf.update_root()
    return pdf


def certificate():
    """A key and a self-made certificate, new on every run: no key is kept."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "John Doe")])
    now = datetime.now(timezone.utc)
    built = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=1)
        .not_valid_before(now).not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.KeyUsage(True, True, True, False, False, False, False, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return keys.PrivateKeyInfo.load(private), asn1_x509.Certificate.load(built.public_bytes(serialization.Encoding.DER))


def signed(pdf, name, key, cert):
    signer = signers.SimpleSigner(signing_cert=cert, signing_key=key, cert_registry=SimpleCertificateStore())
    out = BytesIO()
    signers.sign_pdf(pdf, signers.PdfSignatureMetadata(field_name=name), signer=signer, output=out)
    return out.getvalue()


def encrypted(owner, user):
    pdf = new(field("signature"))
    pdf.encrypt(owner, user)
    return pdf


def main():
    make_repeatable()
    plain = write(new(field("signature")))
    (OUT / "plain-field.pyhanko.pdf").write_bytes(plain)
    save("two-fields.pyhanko.pdf", new(field("first"), field("second")))
    save("hierarchical-names.pyhanko.pdf", new(field("contract.customer.signature"), field("contract.adviser.signature")))
    save("separate-widget.pyhanko.pdf", new(field("signature", combine_annotation=False)))
    save("object-streams.pyhanko.pdf", object_streams(field("signature")))
    save("field-added-to-object-streams.pyhanko.pdf", update(write(object_streams()), field("signature")))
    save("field-removed-from-object-streams.pyhanko.pdf", field_removed(write(object_streams(field("signature")))))
    save("cross-reference-stream.pyhanko.pdf", new(field("signature"), stream_xrefs=True))
    added = write(update(page(2).getvalue(), field("signature", on_page=1)))
    (OUT / "field-added-later.pyhanko.pdf").write_bytes(added)
    save("field-removed-later.pyhanko.pdf", field_removed(added))
    save("form-removed-later.pyhanko.pdf", form_removed(added))
    (OUT / "truncated-last-revision.pyhanko.pdf").write_bytes(added[:-60])

    key, cert = certificate()
    (OUT / "signed.pyhanko.pdf").write_bytes(signed(update(plain), "signature", key, cert))
    both = write(new(field("first"), field("second")))
    (OUT / "signed-and-empty.pyhanko.pdf").write_bytes(signed(update(both), "first", key, cert))
    save("user-password.pyhanko.pdf", encrypted("owner", "user"))
    save("owner-password.pyhanko.pdf", encrypted("owner", ""))
    for_reader = new(field("signature"))
    for_reader.encrypt_pubkey([cert])
    save("certificate-encrypted.pyhanko.pdf", for_reader)

    documents.contract(EXAMPLES / "contract.pdf")
    documents.terms(EXAMPLES / "terms.pdf")


if __name__ == "__main__":
    main()
