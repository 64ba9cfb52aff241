"""Documents as PDF/UA from templates. WeasyPrint may read the portal's own static files and nothing else."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import uses_relative

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

ASSETS = "efc-asset:"
uses_relative.append(ASSETS.rstrip(":"))  # so that a style sheet names its fonts and pictures as it does on the web


class PDFError(Exception):
    """The document could not be made; the sentence says why."""


@lru_cache(maxsize=1)
def _engine():
    """Import WeasyPrint once, where it is needed: it loads Pango, which not every machine has."""
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class AssetsOnly(URLFetcher):
        """Serve `efc-asset:PATH` from our static files; refuse network, files and redirects."""

        def __init__(self):
            super().__init__(allowed_protocols=("efc-asset",), allow_redirects=False)

        def fetch(self, url, headers=None):
            path = finders.find(url.removeprefix(ASSETS)) if url.startswith(ASSETS) else None
            if path is None:
                raise ValueError(f"Not one of our assets: {url[:80]}")
            types = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".png": "image/png"}
            return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": types[Path(path).suffix]})

    return AssetsOnly, FontConfiguration()


def render(template, context, language="en"):
    """Render a template to PDF/UA-1 bytes. Style sheets are named as `efc-asset:efc/pdf.css`.

    Returns: bytes. Raises: PDFError. Costs: about 0.2 s for a first page, 0.15 s for each more.
    """
    try:
        from weasyprint import HTML

        fetcher, fonts = _engine()
    except (ImportError, OSError) as error:
        raise PDFError(f"WeasyPrint cannot start: {error}") from error
    with translation.override(language):
        html = render_to_string(template, context)
    try:
        return HTML(string=html, base_url=ASSETS, url_fetcher=fetcher()).write_pdf(
            pdf_variant="pdf/ua-1", font_config=fonts
        )
    except Exception as error:  # whatever the library trips over, the document cannot be made
        raise PDFError(str(error) or type(error).__name__) from error
