"""Every request's way to a model's server: its turn, its price, its attempts."""
