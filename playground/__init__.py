"""A small Slack on localhost, in memory: a page for people, an API and deliveries for the bot."""
