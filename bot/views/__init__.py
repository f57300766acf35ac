"""How runs look to people. Pure functions: same run, same view."""
