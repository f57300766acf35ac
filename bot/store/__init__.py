"""Runs, answers, events and messages in SQL. Rows stay in this room; values leave it."""
