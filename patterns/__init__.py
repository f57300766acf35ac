"""
Parallel patterns for language models: vote, map-reduce, section.

Thinking only: standard library and pydantic, no Slack, SQL, OpenAI, clock or environment.
Start at `patterns.voting.vote`, `patterns.map_reduce.map_reduce` and `patterns.sectioning.section`;
`python -m patterns` shows all three at work.
"""
