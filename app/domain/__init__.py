"""The rules: intervals, local time, opening hours, policy, recurrence, utilisation.

Standard library and dateutil only. Nothing here reads a clock or a database.
"""
