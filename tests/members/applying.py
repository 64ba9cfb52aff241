"""What the tests of applying share: an applicant who answers everything, and a PDF."""

import io

from efc.gate import signer
from members.models import Application

STEPS = {
    "organisation": {
        "organisation_name": "Fundación Ejemplo", "legal_form": "Foundation", "kind": "ngo", "sector": "ngo", "country": "ES",
        "website": "www.fundacion.example/about",
    },
    "contact": {"contact_name": "Director", "contact_role": "Director of the foundation", "contact_phone": "+34 900 000 000"},
    "contribution": {"contribution": "A hotline with eight analysts, and training for investigators."},
    "declarations": {"accepts_memorandum": "on", "conflicts": "", "has_authority": "on", "accepts_privacy": "on"},
}  # fmt: skip


def pdf(text="One page", *, attachment=False):
    """Return a real PDF of one empty page, or one that carries another file."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": text})
    if attachment:
        writer.add_attachment("tool.exe", b"MZ")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def start(client, email="director@fundacion.example", language="en", **changes):
    return client.post(
        f"/{language}/members/join/apply/", {"email": email, "gate_time": signer.sign("open"), **changes}
    )


def began(client, **given):
    """Start, press the button, and return the application."""
    start(client, **given)
    application = Application.objects.latest("pk")
    client.post(application.get_applicant_url())
    application.refresh_from_db()
    return application


def fill(client, application, **changes):
    """Answer every step; return the answers of the site."""
    url = application.get_applicant_url()
    shown = {"shown": str(application.memorandum_id or "")}
    return [
        client.post(f"{url}{step}/", {**answers, **shown, **{k: v for k, v in changes.items() if k in answers}})
        for step, answers in STEPS.items()
    ]
