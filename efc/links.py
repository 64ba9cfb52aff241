"""Find links in what the public writes, also disguised ones, so that nobody sends us an address of abuse material."""

import re
import unicodedata

# Endings that make two words with a dot an address. Two-letter ones are countries; the others are the common ones.
_LONG = (
    "com|net|org|info|biz|name|mobi|site|online|shop|store|club|live|video|tube|chat|link|click|space|website|world|today|app|dev|"
    "cloud|page|blog|news|media|photo|photos|pics|pictures|gallery|porn|adult|sex|sexy|cam|dating|onion|i2p|bit|eth|loki|top|xyz|"
    "icu|vip|work|fun|host|press|tech|wiki|zone|exchange|download|stream|date|men|win|bid|loan|party|review|trade|webcam|ninja|"
    "rocks|life|pro|asia|int|gov|edu|mil|aero|museum|travel|coop|jobs|cat|tel|post"
)
_BRACKETED = r"\s*[\[({<]\s*(?:\.|dot|punkt|point|punt)\s*[\])}>]\s*"
_DOT = r"(?:\.|" + _BRACKETED + ")"
_SPELLED = r"\s+(?:dot|punkt|punt)\s+(?:" + _LONG + "|de|nl|fr|be|uk|eu|ru|cc|io|tv|ws|se|dk|pl|cz|ch)"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PATTERNS = [
    r"\bh..ps?\s*[:;]\s*(?:/|\\|\w)",
    r"\b(?:ftps?|sftp|ipfs|ipns|magnet|tor|gopher|file|data|ed2k|tg|telegram|irc|freenet):(?:/|\\|\?|\w)",
    r"\b" + _LABEL + _SPELLED + r"\b",
    r"\bwww\d?\s*" + _DOT,
    r"\b" + _LABEL + r"(?:" + _DOT + _LABEL + r")*" + _DOT + r"(?:" + _LONG + r"|[a-z]{2})\b(?!')",
    r"\b(?:xn--|qm[1-9a-km-z]{44}\b|baf[a-z2-7]{50,})",
    r"\b(?:urn:btih|btih|infohash)\b",
    r"\b[a-f0-9]{32}\b|\b[a-f0-9]{40}\b|\b[a-f0-9]{64}\b|\b[a-z2-7]{56}\b",
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    r"\b(?:t\.me|discord\s*(?:" + _DOT + r")\s*gg|bit\.ly)\b",
    r"//\s*" + _LABEL,
]
_LINK = re.compile("|".join(_PATTERNS))
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Words with a dot that are no address: abbreviations, and "word.Word" where a space was forgotten is kept by the case.
_HARMLESS = re.compile(
    r"\b(?:e\.g|i\.e|a\.m|p\.m|u\.s|u\.k|e\.u|b\.v|n\.v|z\.b|d\.h|u\.a|m\.b|o\.a|d\.w\.z|p\.s|c\.v|ph\.d|no\.\s?\d+)\b\.?",
    re.IGNORECASE,
)
_FORGOTTEN_SPACE = re.compile(r"(?<=[a-zà-ÿ]{2})\.(?=[A-ZÀ-Þ])")


def has_link(text):
    """Say whether `text` has a web address, a hidden-service or file-sharing address, or the hash of a file. E-mail addresses may be written."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf").replace("。", ".").replace("․", ".")
    text = _HARMLESS.sub(" ", _EMAIL.sub(" ", _FORGOTTEN_SPACE.sub(". ", text)))
    return bool(_LINK.search(text.lower()))
