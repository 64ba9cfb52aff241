"""The drawings of the portal: mark, icons, and the field of payment lines that end at the stem.

Everything here is a constant or drawn from a seed, so that the same page always shows the same picture.
"""
# ruff: noqa: S308, S311  (drawings are long, are ours, and their dice guard nothing)

import random
from functools import lru_cache
from textwrap import wrap

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MARK = (
    '<svg viewBox="0 0 44 44" aria-hidden="true" focusable="false"><path fill="{stem}" d="M3 2h8v40H3z"/>'
    '<path fill="{law}" d="M14 2h27v9H14z"/><path fill="{ind}" d="M14 17.5h20v9H14z"/><path fill="{civ}" d="M14 33h27v9H14z"/></svg>'
)
ON_NAVY = {"stem": "#fff", "law": "#7DB4EC", "ind": "#57C7BE", "civ": "#F0B04A"}
mark = mark_safe(MARK.format(stem="currentColor", law="var(--law)", ind="var(--ind)", civ="var(--civ)"))
mark_on_navy = mark_safe(MARK.format(**ON_NAVY))

LINES = {  # drawn with a pen on a field of 24 units
    "alert": '<path d="M12 3 22 20.5H2zM12 9.5v5M12 17v.5"/>',
    "arrow": '<path d="M4 12h15M13 6l6 6-6 6"/>',
    "bell": '<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4"/>',
    "calendar": '<rect x="4" y="5" width="16" height="15" rx="1"/><path d="M4 10h16M8 3v4M16 3v4"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.4 2"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "download": '<path d="M12 4v11M7 10.5l5 5 5-5M5 20h14"/>',
    "euro": '<path d="M18 6.5A7 7 0 1 0 18 17.5M4 10.5h9M4 13.5h8"/>',
    "external": '<path d="M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9"/>',
    "file": '<path d="M6 3h8l5 5v13H6zM14 3v5h5"/>',
    "flag": '<path d="M6 21V4M6 5h12l-2.5 4L18 13H6"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 3 3.6 6 3.6 9s-.6 6-3.6 9c-3-3-3.6-6-3.6-9S9 6 12 3z"/>',
    "home": '<path d="M4 11.5 12 4l8 7.5M6 10v10h12V10"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.2v.6"/>',
    "mail": '<path d="M3 6h18v13H3zM3.5 7l8.5 6.5L20.5 7"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "people": '<circle cx="9" cy="8" r="3.2"/><path d="M3 19c.7-3.6 3-5.4 6-5.4s5.3 1.8 6 5.4M15.5 5.2a3.2 3.2 0 0 1 0 5.7M17.5 14c2 .7 3.2 2.3 3.7 5"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 20.5c1.2-4 4.3-6 8-6s6.8 2 8 6"/>',
    "phone": '<path d="M6 3.5h3.5l1.5 5-2.3 1.5a11 11 0 0 0 5.3 5.3l1.5-2.3 5 1.5V18a2.5 2.5 0 0 1-2.7 2.5C10.5 20 4 13.5 3.5 6.2A2.5 2.5 0 0 1 6 3.5z"/>',
    "pin": '<path d="M12 21c5-5.5 7-8.6 7-11.5A7 7 0 0 0 5 9.5C5 12.4 7 15.5 12 21z"/><circle cx="12" cy="9.5" r="2.4"/>',
    "print": '<path d="M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5 21 21"/>',
    "speech": '<path d="M4 5h16v11H10l-4 4v-4H4z"/>',
}
SHAPES = {  # filled, on a field of 16 units: a status is told by its shape before its colour
    "ok": '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m4.5 8.3 2.3 2.4 4.7-5" fill="none" stroke="var(--ok-bg)" stroke-width="2"/>',
    "warn": '<path d="M8 1.2 15.5 14.5H.5z" fill="currentColor"/><path d="M8 6v4M8 11.6v1.4" stroke="var(--warn-bg)" stroke-width="1.8"/>',
    "bad": '<path d="M8 .6 15.4 8 8 15.4.6 8z" fill="currentColor"/><path d="M8 4.4v4.4M8 10.3v1.5" stroke="var(--bad-bg)" stroke-width="1.8"/>',
    "half": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor"/>',
    "ring": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/>',
    "error": '<path fill="currentColor" d="M8 .6 15.4 8 8 15.4.6 8z"/><path stroke="var(--surface)" stroke-width="1.8" d="M8 4.4v4.4M8 10.3v1.5"/>',
}
ICONS = {
    name: mark_safe(
        '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="square"'
        f' aria-hidden="true" focusable="false">{drawing}</svg>'
    )
    for name, drawing in LINES.items()
} | {
    name: mark_safe(f'<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">{drawing}</svg>')
    for name, drawing in SHAPES.items()
}


def hero() -> str:
    """Draw the picture of the home page; the file `static/efc/hero.svg` is its output."""
    dice = random.Random(2012)
    bars = {104: (1098, "#7DB4EC"), 272: (238, "#57C7BE"), 440: (1098, "#F0B04A")}
    parts = ['<rect x="40" y="-2000" width="14" height="4600" fill="#fff"/>']
    for y in range(12, 580, 13):
        if any(top - 8 < y < top + 24 for top in bars):
            continue
        end = 62 + round(min(dice.expovariate(1 / 110), 400)) + 8
        strength = dice.choice((0.14, 0.14, 0.18, 0.18, 0.22, 0.3))
        parts.append(
            f'<path d="M1160 {y}H{end}" stroke="#fff" stroke-opacity="{strength}" stroke-width="1.5"/>'
            f'<circle cx="{end}" cy="{y}" r="2.6" fill="#fff" fill-opacity="{min(strength * 2.2, 0.6):.2f}"/>'
        )
        if dice.random() < 0.7:
            x = end + dice.randint(60, 620)
            parts.append(f'<circle cx="{x}" cy="{y}" r="2" fill="#fff" fill-opacity="{strength * 1.6:.2f}"/>')
    parts += [f'<rect x="62" y="{y}" width="{width}" height="16" fill="{fill}"/>' for y, (width, fill) in bars.items()]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 560" preserveAspectRatio="xMinYMid slice">'
        + "".join(parts)
        + "</svg>\n"
    )


@lru_cache(maxsize=512)
def cover(title: str, subtitle: str = "", seed: str = "") -> SafeString:
    """Draw the cover of a publication: its title over lines that the seed alone decides."""
    dice = random.Random(seed or title)
    lines = []
    for y in range(146, 297, 9):
        end = 44 + round(min(dice.expovariate(1 / 28), 120))
        lines.append(
            f'<path d="M210 {y}H{end}" stroke="#fff" stroke-opacity=".25"/><circle cx="{end}" cy="{y}" r="1.4" fill="#fff" fill-opacity=".55"/>'
        )
    rows = wrap(title, 19)
    if len(rows) > 4:
        rows = [*rows[:3], rows[3] + " …"]
    words = "".join(
        f'<text class="cover-title" x="24" y="{42 + 20 * n}" fill="#fff">{escape(row)}</text>'
        for n, row in enumerate(rows)
    )
    if subtitle:
        below = 42 + 20 * len(rows)
        words += "".join(
            f'<text class="cover-sub" x="24" y="{below + 12 * n}" fill="#C6D6E6">{escape(row)}</text>'
            for n, row in enumerate(wrap(subtitle, 36)[:2])
        )
    width = dice.choice((92, 116, 140))
    return mark_safe(
        '<svg class="cover" viewBox="0 0 210 297" aria-hidden="true" focusable="false">'
        '<path fill="#10304F" d="M0 0h210v297H0z"/><path fill="#fff" d="M24 140h7v157h-7z"/>'
        + "".join(lines)
        + f'<path fill="#7DB4EC" d="M34 160h176v9H34z"/><path fill="#57C7BE" d="M34 214h{width}v9H34z"/><path fill="#F0B04A" d="M34 268h176v9H34z"/>'
        + words
        + "</svg>"
    )
