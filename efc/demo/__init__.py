"""The demonstration: the coalition of the public record, and a year of work around the day it is loaded.

Each module holds the facts of one room and a `load`. What is missing is made, in one piece with all that hangs on it; what is
there is left alone, so that a second run changes nothing. `manage.py load_demo` runs them in the order of the rooms.
"""
