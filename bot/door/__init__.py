"""What comes in from Slack: bytes are checked and parsed here before anything reads them."""
