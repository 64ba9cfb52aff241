"""What we do: programmes (a 36-month project, then yearly action plans), their objectives and work packages, and who leads them.

Reading: `Programme.objects.current()`, `WorkPackage.objects.with_leads(day)`; nothing assumes that there is only one programme.
Pages that also show publications, events and news are put together by the roof (`efc.pages_workpackages`).
"""
