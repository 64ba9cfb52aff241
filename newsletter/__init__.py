"""Newsletter: whom we tell. Subscribers and their consent, issues, mailings and the delivery ledger."""
