"""Private files: stored under an unguessable path outside the web root, checked when they come in, served by a view that
fetched the record through `visible_to` first."""

import hashlib
import io
import mimetypes
import re
import secrets
import zipfile
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.http import FileResponse, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALLOWED = {
    "pdf": "application/pdf",
    "docx": DOCX,
    "xlsx": XLSX,
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
ACTIVE_PDF = (
    "/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA", "/SubmitForm", "/ImportData",
)  # fmt: skip


class PrivateStorage(FileSystemStorage):
    """Keep files under MEDIA_ROOT and give no address for them."""

    def url(self, name):
        raise ValueError("Private files have no address of their own; serve them through a view.")


def private_path(instance, filename):
    """Return an unguessable path; the name that people see is kept on the record."""
    extension = filename.rsplit(".", 1)[-1].lower() if "." in filename else "bin"
    return f"{instance._meta.model_name}/{secrets.token_urlsafe(24)}.{extension}"


def check_upload(upload):
    """Look into an uploaded file and refuse what is not what it says.

    Returns: (media type, file to store); pictures are drawn anew, so that nothing hides in them.
    Raises: ValidationError with a sentence that says what to do.
    """
    extension = upload.name.rsplit(".", 1)[-1].lower() if "." in upload.name else ""
    if extension not in ALLOWED:
        raise ValidationError(_("Choose a PDF, Word (docx), Excel (xlsx), PNG or JPEG file."))
    if upload.size > settings.UPLOAD_LIMIT_BYTES:
        limit = filesizeformat(settings.UPLOAD_LIMIT_BYTES)
        raise ValidationError(_("The file is larger than %(limit)s. Make it smaller or split it.") % {"limit": limit})
    data = upload.read()
    upload.seek(0)
    check = {"pdf": _check_pdf, "docx": _check_office, "xlsx": _check_office}.get(extension, _redraw)
    return ALLOWED[extension], check(data, upload)


def take_in(upload):
    """Check an upload and return the fields of a row that keeps it: `file`, `name`, `media_type`, `size_bytes`, `sha256`.

    Raises: ValidationError with a sentence that says what to do.
    """
    media_type, content = check_upload(upload)
    content.seek(0)
    data = content.read()
    content.seek(0)
    return {
        "file": content, "name": upload.name[-150:], "media_type": media_type, "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip


def _check_pdf(data, upload):
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    broken = ValidationError(_("This file cannot be read as a PDF. Open it, save it again as PDF and upload that."))
    if not data.startswith(b"%PDF-"):
        raise broken
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise ValidationError(_("This PDF is protected by a password. Remove the password and upload it again."))
        len(reader.pages)
        found = _pdf_names(reader.trailer["/Root"].get_object())
    except ValidationError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise broken from error
    if found:
        raise ValidationError(
            _("This PDF has active content (scripts, forms or attachments). Print it to a plain PDF and upload that.")
        )
    return upload


def _pdf_names(root):
    """Return the names of active content that the document can reach, walking every object once."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    found, seen, todo = set(), set(), [root]
    while todo:
        item = todo.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            found |= {key for key in item if key in ACTIVE_PDF}
            if item.get("/S") in ACTIVE_PDF:
                found.add(item["/S"])
            todo.extend(item.raw_get(key) for key in item)
        elif isinstance(item, ArrayObject):
            todo.extend(list.__iter__(item))
    return found


def _check_office(data, upload):
    broken = ValidationError(
        _("This file cannot be read as an Office document. Save it again as docx or xlsx and upload that.")
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if sum(info.file_size for info in archive.infolist()) > 20 * settings.UPLOAD_LIMIT_BYTES:
                raise broken
    except zipfile.BadZipFile as error:
        raise broken from error
    if "[Content_Types].xml" not in names:
        raise broken
    if any(re.search(r"vbaProject|/embeddings/|/activeX/", name) for name in names):
        raise ValidationError(_("This document has macros or embedded objects. Save it without them and upload that."))
    return upload


def _redraw(data, upload):
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.format not in ("PNG", "JPEG") or picture.width * picture.height > 40_000_000:
                raise ValueError
            kind = picture.format
            out = io.BytesIO()
            picture.convert("RGBA" if kind == "PNG" else "RGB").save(out, kind)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(
            _("This file cannot be read as a picture. Save it as PNG or JPEG and upload that.")
        ) from error
    return ContentFile(out.getvalue(), name=upload.name)


def serve(file, name, *, public=False, media_type=None):
    """Answer with a stored file under the name people see. The caller has fetched its record through `visible_to`.

    Behind the proxy the file itself is sent by X-Accel-Redirect. `public` files may be kept by browsers for five minutes.
    """
    media_type = media_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(content_type=media_type)
        response["X-Accel-Redirect"] = quote(f"{settings.X_ACCEL_PREFIX}{file.name}")
    else:
        response = FileResponse(file.open("rb"), content_type=media_type)
    inline = public and media_type == "application/pdf"
    response["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, max-age=0, must-revalidate" if public else "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
