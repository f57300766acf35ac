"""Slack's wire: what comes in is checked, what goes out is paced, what is read is allowed."""
