"""Publications: what we say. Pages, news, reports and other publications with their files."""
