"""Who we are: organisations, their memberships, their people, and the seats of the Steering Group, all over time.

Reading: `Organisation.objects.published().members(day)`, `Seat.objects.steering_group(day)`; a day left out is today.
The register is kept at the desk (`admin.py`); applications, ballots and decisions come to live here too.
Pages that also show the work, news and publications are put together by the roof (`efc.pages_members`).
"""
