"""How dates and times are written, where Django's own format of a language is not the one we want."""
