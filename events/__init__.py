"""When we meet: trainings, awareness events, press conferences and meetings, with their calendar.

Verbs: submit, revise, approve and withdraw an event.
"""
