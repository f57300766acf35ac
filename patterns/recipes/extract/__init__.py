"""A list or a table into typed rows: each once, in order, and what failed says so."""

from __future__ import annotations

from patterns.recipes.extract.extraction import Column as Column
from patterns.recipes.extract.extraction import Extracted as Extracted
from patterns.recipes.extract.extraction import Extraction as Extraction
from patterns.recipes.extract.extraction import RowStatus as RowStatus
from patterns.recipes.extract.extraction import Value as Value
from patterns.recipes.extract.extraction import Wanted as Wanted
from patterns.recipes.extract.recipe import extract as extract
from patterns.recipes.extract.recipe import foresee as foresee
