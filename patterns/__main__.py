"""`python -m patterns`: three patterns at work on scripted answers."""

from __future__ import annotations

from patterns.demo import main

if __name__ == "__main__":
    main()
