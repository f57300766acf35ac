"""The model port, spoken to OpenAI and its like, or simulated; and the rings around it."""
