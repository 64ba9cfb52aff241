"""Who we are and how one joins: organisations, people and seats over time; applications, ballots, decisions, the memorandum, access.

Reading: `Organisation.objects.published().members(day)`, `Seat.objects.steering_group(day)`; a day left out is today.
Doing: the verbs in `services/`, one noun a module, the same nouns as in models, forms, views, emails, admin and api.
Pages that also show the work, news and publications are put together by the roof (`efc.pages_members`, `efc.workspace`).
"""
