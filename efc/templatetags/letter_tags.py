"""Template tags and filters for letters: each element carries its style. They are builtins: no template loads them."""
# ruff: noqa: S308  (the pieces are our own, or escaped before they are put together)

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from efc import richtext

register = template.Library()

# Mail programs read styles from the element alone; classes are for the dark.
_SERIF = "font-family:'Source Serif 4',Georgia,'Times New Roman',serif;"
_SANS = "font-family:'Source Sans 3','Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
_BIG = _SERIF + "margin:0 0 14px 0;font-size:32px;line-height:38px;font-weight:600;letter-spacing:-0.3px;color:#16222E;"
_ITEM = _SERIF + "margin:0 0 8px 0;font-size:22px;line-height:28px;font-weight:600;color:#16222E;"
_TEXT = _SANS + "margin:0 0 16px 0;font-size:17px;line-height:26px;color:#16222E;"
_SMALL = _SANS + "margin:12px 0 0 0;font-size:15px;line-height:23px;color:#53616E;"
_QUOTE = "margin:0 0 16px 0;padding:2px 0 2px 18px;border-left:4px solid #1F66AD;"
MAIL = {
    "h1": ("ink h1", _BIG),
    "h2": ("ink", _ITEM),
    "h3": ("ink", _SANS + "margin:18px 0 6px 0;font-size:18px;line-height:26px;font-weight:600;color:#16222E;"),
    "p": ("ink", _TEXT),
    "muted": ("mut", _SANS + "margin:0 0 6px 0;font-size:15px;line-height:22px;color:#53616E;"),
    "small": ("mut", _SMALL),
    "link": ("lnk", "color:#1A5A96;text-decoration:underline;"),
    "go": ("lnk", _SANS + "font-size:17px;line-height:26px;color:#1A5A96;font-weight:600;text-decoration:underline;"),
    "ul": ("ink", _TEXT + "padding:0 0 0 22px;"),
    "quote": ("ink rule", _QUOTE),
}
MAIL_ATTRIBUTES = {name: mark_safe(f'class="{classes}" style="{style}"') for name, (classes, style) in MAIL.items()}
MAIL_OPENINGS = {
    f"<{tag}{end}": f"<{tag} {MAIL_ATTRIBUTES[name]}{end}"
    for tag, name, end in [
        ("p", "p", ">"),
        ("ul", "ul", ">"),
        ("ol", "ul", ">"),
        ("h2", "h2", ">"),
        ("h3", "h3", ">"),
        ("blockquote", "quote", ">"),
        ("a", "link", " "),
    ]
}


@register.simple_tag
def mail(name):
    """Give the class and style of an element of a letter."""
    return MAIL_ATTRIBUTES[name]


@register.simple_tag
def mail_button(url, label):
    """Draw the one button of a letter."""
    return format_html(
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>'
        '<td class="btn" bgcolor="#1A5A96" style="background:#1A5A96;border-radius:4px;"><a href="{}" style="'
        + _SANS
        + "display:inline-block;padding:13px 22px;font-size:17px;line-height:22px;font-weight:600;"
        'color:#FFFFFF;text-decoration:none;">{}</a></td></tr></table>',
        url,
        label,
    )


@register.filter
def markdown_mail(text):
    """Render authored Markdown for a letter: the same clean HTML, with the styles on each element."""
    html = richtext.render(text or "")
    for plain, styled in MAIL_OPENINGS.items():
        html = html.replace(plain, styled)
    return mark_safe(html)
