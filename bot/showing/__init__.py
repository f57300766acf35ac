"""What goes out to Slack: one writer a message, the most important first."""
