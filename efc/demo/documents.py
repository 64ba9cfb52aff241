"""Tasks and documents of this year's work packages, made up; their files are drawn here and say so."""

import io
from datetime import timedelta

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from efc.demo.rows import at, make
from efc.models import User
from members.models import Person
from workpackages.models import Deliverable, DeliverableFile, Document, DocumentVersion, Task
from workpackages.services import deliverables, documents

NOTICE = "Demonstration copy: this text is made up."
Kind, Access = Document.Kind, Document.Access

# work package: [(title, kind, access, what it is about, ending, versions, days since the first)]
DOCUMENTS = {
    1: [
        ("How two authorities share a request", Kind.GUIDELINE, Access.TEAM, "Who asks whom, and in which order.", "pdf", 2, 80),
    ],
    2: [
        ("Guide to the template for collecting data", Kind.GUIDELINE, Access.MEMBERS, "What each question asks for, with examples.", "pdf", 1, 120),
        ("Figures of the last round, consolidated", Kind.PAPER, Access.MEMBERS, "Sums of all returns; small counts are hidden.", "xlsx", 1, 40),
    ],
    3: [
        ("Terms of service: the draft clauses", Kind.PAPER, Access.TEAM, "With the comments of the second working session.", "pdf", 3, 60),
        ("What terms of service can say", Kind.PRESENTATION, Access.PUBLIC, "Slides of the working session with payment services.", "pdf", 1, 55),
    ],
    4: [
        ("Minutes of the trainers’ meeting", Kind.MINUTES, Access.TEAM, "Programme, rooms and who speaks when.", "pdf", 1, 21),
        ("Budget of the course", Kind.OTHER, Access.TEAM, "Travel, rooms and interpretation.", "xlsx", 2, 30),
        ("Reading list for participants", Kind.GUIDELINE, Access.MEMBERS, "What to read before the first day.", "pdf", 1, 14),
        ("Programme of the course", Kind.OTHER, Access.PUBLIC, "Three days, hour by hour.", "pdf", 1, 10),
    ],
    5: [
        ("Messages of the coalition in plain words", Kind.GUIDELINE, Access.MEMBERS, "For press officers and speakers.", "pdf", 1, 90),
    ],
}  # fmt: skip
WITHDRAWN = {
    "Budget of the course, first estimate": (4, "The prices were those of last year; see the budget of the course.")
}
# (work package, what, days until it is due, e-mail name of who has it, number of the deliverable, days since it was done)
TASKS = [
    (4, "Ask the trainers for their slides", 6, "lead", 1, None),
    (4, "Book the interpreters", 13, "mastercard", 1, None),
    (4, "Send the reading list to the participants", 20, "microsoft", 1, None),
    (4, "Find a room for the second day", -3, "former-coordinator", 1, None),
    (4, "Draft the chapter on payments", 45, "lead", 2, None),
    (4, "Agree on the programme", -15, "lead", 1, 17),
    (3, "Collect the comments on the draft clauses", 4, "member", 1, None),
    (3, "Invite the hosting companies to the next session", 25, "paypal", None, None),
    (5, "Ask the speakers for a photograph and two lines", 18, "visa-europe", None, None),
]
# (work package, number of the deliverable): (name of the file, who reads it)
RESULTS = {
    (2, 1): ("template-for-collecting-data.xlsx", Access.PUBLIC),
    (3, 2): ("notes-of-the-sessions.pdf", Access.MEMBERS),
}


def load(today, packages):
    """Give the work packages of this year their tasks and documents, and two delivered results their files."""
    year = str(today.year)
    for number, rows in DOCUMENTS.items():
        for facts in rows:
            share(packages[year, number], *facts, today=today)
    for title, (number, reason) in WITHDRAWN.items():
        document, made = share(packages[year, number], title, Kind.OTHER, Access.TEAM, "", "xlsx", 1, 70, today=today)
        if made:
            documents.withdraw_document(document, by=None, reason=reason)
    make(Person, {"email": "former-coordinator@coalition.example"}, name="Former course coordinator")
    for facts in TASKS:
        give(*facts, today=today, packages=packages)
    for (number, place), (name, access) in RESULTS.items():
        deliverable = Deliverable.objects.get(work_package=packages[year, number], number=place)
        if not deliverable.files.exists():
            file = deliverables.add_file(deliverable, drawn(deliverable.title, name), by=None, access=access)
            DeliverableFile.objects.filter(pk=file.pk).update(uploaded_at=at(deliverable.delivered_on))
            if access == DeliverableFile.Access.PUBLIC:
                Deliverable.objects.filter(pk=deliverable.pk).update(is_public_result=True)


def share(package, title, kind, access, about, ending, versions, days, *, today):
    """Add a document with its versions, the first one this many days ago. Returns: (document, whether it was made)."""
    known = Document.objects.filter(work_package=package, title=title).first()
    if known is not None:
        return known, False
    name = f"{title.lower().replace(' ', '-').replace('’', '').replace(':', '').replace(',', '')}.{ending}"
    facts = {"title": title, "kind": kind, "access": access, "about": about}
    document = documents.add_document(package, by=None, file=drawn(title, name), **facts)
    for number in range(2, versions + 1):
        file = drawn(f"{title} ({number})", name)
        documents.add_version(document, by=None, file=file, note="With the comments of the team.")
    for row in DocumentVersion.objects.filter(document=document):
        day = max(today - timedelta(days=days // row.version), package.programme.starts_on)
        DocumentVersion.objects.filter(pk=row.pk).update(uploaded_at=at(day))
        Document.objects.filter(pk=document.pk, changed_at__gt=at(day)).update(added_at=at(day))
    latest = document.versions.first()
    Document.objects.filter(pk=document.pk).update(changed_at=latest.uploaded_at)
    document.refresh_from_db()
    return document, True


def give(number, title, due_in, who, place, done, *, today, packages):
    """Write down a task; the lead of training has given those of its work package."""
    package = packages[str(today.year), number]
    lead = User.objects.get(email="lead@coalition.example")
    facts = (
        {"done_at": timezone.now() - timedelta(days=done), "status": Task.Status.DONE, "done_by": lead} if done else {}
    )
    make(
        Task, {"work_package": package, "title": title}, due_on=today + timedelta(days=due_in), added_by=lead if number == 4 else None,
        assignee=Person.objects.get(email=f"{who}@coalition.example"),
        deliverable=Deliverable.objects.filter(work_package=package, number=place).first(), **facts,
    )  # fmt: skip


def drawn(title, name):
    """Return a small file of this name that carries its title and the notice."""
    data = sheet(title) if name.endswith("xlsx") else page(title, NOTICE)
    return SimpleUploadedFile(name, data)


def sheet(title):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    table = book.add_worksheet("Demonstration")
    for row, text in enumerate((title, NOTICE)):
        table.write_string(row, 0, text)
    book.close()
    return out.getvalue()


def page(*lines):
    """Return a PDF of one page with these lines, written by hand: no fonts to embed, nothing to run."""
    text = " T* ".join(f"({line.encode('cp1252').decode('latin-1')}) Tj" for line in lines)
    stream = f"BT /F1 16 Tf 22 TL 60 760 Td {text} ET".encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)
    return bytes(out)
