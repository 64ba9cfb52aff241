"""Newsletter: whom we tell.

An address becomes a subscriber by pressing one button in a page that only its mailbox knows; each act leaves a receipt. An issue
is composed from what is public, rendered once as mail, text and page, tested, frozen together with its readers, released by a
second officer, and delivered through a ledger whose figures always sum to the total. Nobody counts opens or clicks.

Verbs: `services.subscribers` subscribe, confirm, unsubscribe, undo, suppress, erase · `services.issues` add items, test, send,
archive · `services.mailings` prepare, release, pause, resume, stop. Consent: Art. 7(1) GDPR; one-click leaving: RFC 8058.
"""
