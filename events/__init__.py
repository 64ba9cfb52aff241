"""Trainings and events: when we meet. Trainings, awareness events, press conferences and meetings."""
