"""Reading Slack for a person, with that person's rights."""
