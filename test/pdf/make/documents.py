"""The two documents of the demo: an insurance contract and its terms, one signature field each. All names are fictional."""

from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageBreak, PageTemplate, Paragraph, Spacer, Table, TableStyle

INK, BRAND, PALE, GREY = HexColor("#1f2933"), HexColor("#0b5e6b"), HexColor("#eef5f6"), HexColor("#6b7785")
COMPANY = "Example Mutual Insurance"
ADDRESS = "1 Harbour Street, 20000 Sampletown"

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9.6, leading=14, textColor=INK, alignment=TA_JUSTIFY)
CELL = ParagraphStyle("cell", parent=BODY, alignment=0, leading=13)
LABEL = ParagraphStyle("label", parent=CELL, textColor=GREY)
TITLE = ParagraphStyle("title", parent=BODY, fontName="Helvetica-Bold", fontSize=20, leading=25, textColor=BRAND, alignment=0)
LEAD = ParagraphStyle("lead", parent=BODY, textColor=GREY, alignment=0, spaceAfter=5 * mm)
HEAD = ParagraphStyle("head", parent=BODY, fontName="Helvetica-Bold", fontSize=11, textColor=BRAND, spaceBefore=5 * mm, spaceAfter=1.5 * mm, alignment=0)


class SignatureBox(Flowable):
    """Draws where to sign, and remembers the place for the signature field."""

    def __init__(self, caption):
        super().__init__()
        self.width, self.height = 78 * mm, 22 * mm
        self.caption, self.page, self.box = caption, 0, None

    def wrap(self, *_):
        return self.width, self.height + 5 * mm

    def draw(self):
        canvas = self.canv
        x, y = canvas.absolutePosition(0, 5 * mm)
        self.page, self.box = canvas.getPageNumber() - 1, tuple(round(v) for v in (x, y, x + self.width, y + self.height))
        canvas.setFillColor(PALE)
        canvas.setStrokeColor(BRAND)
        canvas.setLineWidth(0.6)
        canvas.roundRect(0, 5 * mm, self.width, self.height, 2 * mm, stroke=1, fill=1)
        canvas.setFillColor(GREY)
        canvas.setFont("Helvetica", 8)
        canvas.drawString(0, 1.2 * mm, self.caption)


def page_frame(number):
    def draw(canvas, document):
        width, height = A4
        canvas.setFillColor(BRAND)
        canvas.rect(0, height - 22 * mm, width, 22 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#ffffff"))
        canvas.setFont("Helvetica-Bold", 13)
        canvas.drawString(22 * mm, height - 13.5 * mm, COMPANY)
        canvas.setFont("Helvetica", 8.5)
        canvas.drawRightString(width - 22 * mm, height - 13.2 * mm, number)
        canvas.setStrokeColor(HexColor("#ccd5d9"))
        canvas.line(22 * mm, 17 * mm, width - 22 * mm, 17 * mm)
        canvas.setFillColor(GREY)
        canvas.setFont("Helvetica", 7.5)
        canvas.drawString(22 * mm, 12.5 * mm, f"{COMPANY} · {ADDRESS} · a fictional company")
        canvas.drawRightString(width - 22 * mm, 12.5 * mm, f"Page {document.page}")

    return draw


def facts(rows):
    table = Table([[Paragraph(label, LABEL), Paragraph(value, CELL)] for label, value in rows], colWidths=[48 * mm, 118 * mm])
    table.setStyle(
        TableStyle([
            ("LINEBELOW", (0, 0), (-1, -2), 0.4, HexColor("#d9e2e5")),
            ("BOX", (0, 0), (-1, -1), 0.6, HexColor("#c3d3d7")),
            ("BACKGROUND", (0, 0), (0, -1), PALE),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 3.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.8),
        ])
    )
    return table


def clauses(pairs):
    return [KeepTogether([Paragraph(head, HEAD), Paragraph(text, BODY)]) for head, text in pairs]


def sign_here(text, box):
    return KeepTogether([Spacer(1, 9 * mm), Paragraph(text, BODY), Spacer(1, 5 * mm), box])


def build(path, title, number, story, box):
    """Lays the pages out, then adds the signature field as a second revision, as an office tool would."""
    pages = BytesIO()
    document = BaseDocTemplate(pages, pagesize=A4, title=title, author=COMPANY, invariant=1)
    width, height = A4
    frame = Frame(22 * mm, 20 * mm, width - 44 * mm, height - 48 * mm, leftPadding=0, rightPadding=0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=page_frame(number)))
    document.build(story)
    writer = IncrementalPdfFileWriter(pages)
    append_signature_field(writer, SigFieldSpec("customer.signature", on_page=box.page, box=box.box))
    with open(path, "wb") as out:
        writer.write(out)


def contract(path):
    box = SignatureBox("John Doe, policyholder")
    story = [
        Paragraph("Household contents insurance", TITLE),
        Paragraph("Contract between the policyholder and the insurer", LEAD),
        Paragraph("Parties", HEAD),
        facts([
            ("Policyholder", "John Doe, 12 Sample Lane, 20000 Sampletown"),
            ("Insurer", f"{COMPANY}, {ADDRESS}"),
            ("Your adviser", "Jane Roe, Sampletown office"),
        ]),
        Paragraph("What is insured", HEAD),
        facts([
            ("Insured home", "12 Sample Lane, second floor, 84 m², permanently occupied"),
            ("Sum insured", "EUR 65,000.00, index-linked, no under-insurance deduction"),
            ("Perils", "Fire, lightning, tap water, storm and hail, burglary, vandalism after a break-in"),
            ("Additional cover", "Bicycle theft up to EUR 2,500.00; glass breakage"),
            ("Excess", "EUR 150.00 for each claim"),
        ]),
        Paragraph("Term and premium", HEAD),
        facts([
            ("Policy number", "HC-0000-1234-5678"),
            ("Start of cover", "1 March 2030, 12 noon"),
            ("Term", "One year, then extended by one year at a time unless notice is given"),
            ("Premium", "EUR 148.20 a year, insurance tax included"),
            ("Payment", "By direct debit on 1 March of each year"),
        ]),
        PageBreak(),
        *clauses([
            ("1. Object of the contract", "The insurer compensates the policyholder for insured items that are destroyed, damaged or lost through one of the perils named above, up to the sum insured. Insured are all items that serve the household, including those of persons who live in it permanently."),
            ("2. Duties of the policyholder", "The policyholder informs the insurer without delay of any change that increases the risk, such as a move, a scaffold on the building, or a home that stays unoccupied for more than sixty days. Theft and vandalism are reported to the police as well."),
            ("3. Claims", "A claim is reported as soon as it becomes known, by telephone, in the customer portal or to the adviser. The insurer pays within two weeks of establishing cause and amount."),
            ("4. Notice", "Either party may end the contract by notice in text form, one month before the end of each insurance year, and after each settled claim."),
            ("5. Withdrawal", "The policyholder may withdraw from this contract within fourteen days without giving reasons. The period begins on the day on which the policy, the terms and this information have been received."),
            ("6. Terms", "The General Terms for Household Contents Insurance, edition 01/2030, are part of this contract and have been handed to the policyholder in full."),
        ]),
        sign_here("With this electronic signature the policyholder applies for the cover described above and confirms having read the terms.", box),
    ]
    build(path, "Household contents insurance", "Policy HC-0000-1234-5678", story, box)


def terms(path):
    box = SignatureBox("John Doe: read and accepted")
    story = [
        Paragraph("General terms", TITLE),
        Paragraph("Household contents insurance, edition 01/2030", LEAD),
        *clauses([
            ("§ 1 Insured events", "Compensation is paid for items that are destroyed or damaged by fire, lightning, explosion, tap water, storm or hail, or that are lost through burglary or robbery. Damage by war, nuclear energy or intent is excluded."),
            ("§ 2 Insured place", "Cover applies in the home named in the policy, its cellar and garage, and for up to three months worldwide for items taken along on a journey, limited to ten per cent of the sum insured."),
            ("§ 3 Value and compensation", "Compensation is the replacement value as new. Where an item can be repaired, the necessary cost of repair is paid. Cash is limited to EUR 1,500.00, jewellery outside a safe to EUR 15,000.00."),
            ("§ 4 Premium", "The first premium is due two weeks after receipt of the policy. If a later premium is not paid in spite of a reminder with a period of two weeks, cover ends when that period is over."),
            ("§ 5 Duties before and after a claim", "The policyholder keeps to the agreed safety measures, limits the damage where possible, lists the items lost, and keeps damaged items until the insurer has seen them or has waived this."),
            ("§ 6 Data protection", "Personal data is processed to conclude and carry out the contract. The policyholder may ask at any time which data is stored, and may have it corrected."),
            ("§ 7 Law and place", "The law of the place of the insured home applies. The courts at that place are competent."),
        ]),
        sign_here("I have received these terms before signing the contract, and accept them.", box),
    ]
    build(path, "General terms", "Terms 01/2030", story, box)
