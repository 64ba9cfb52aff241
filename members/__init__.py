"""Members: who we are. Organisations of the coalition, their people, memberships and seats over time.

Source of the facts in the demo: the coalition's public records.
"""
