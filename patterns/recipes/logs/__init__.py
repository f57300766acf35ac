"""A log: its shapes counted in code, and what a model makes of them."""

from __future__ import annotations

from patterns.recipes.logs.recipe import foresee, logs
from patterns.recipes.logs.report import Finding, LogLine, LogReport, Severity, Template

__all__ = ["Finding", "LogLine", "LogReport", "Severity", "Template", "foresee", "logs"]
