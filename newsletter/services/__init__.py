"""The verbs of the newsletter: `subscribers` (asking, confirming, leaving), `issues` (composing, testing), `mailings` (sending)."""
