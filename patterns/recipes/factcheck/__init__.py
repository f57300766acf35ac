"""Is it true? Claims are told apart, evidence is gathered, a panel votes on each."""

from patterns.recipes.factcheck.foreseeing import foresee as foresee
from patterns.recipes.factcheck.panel import SEATS as SEATS
from patterns.recipes.factcheck.recipe import factcheck as factcheck
from patterns.recipes.factcheck.verdict import ClaimKind as ClaimKind
from patterns.recipes.factcheck.verdict import ClaimVerdict as ClaimVerdict
from patterns.recipes.factcheck.verdict import FactCheck as FactCheck
from patterns.recipes.factcheck.verdict import Label as Label
from patterns.recipes.factcheck.verdict import NotVoted as NotVoted
from patterns.recipes.factcheck.verdict import Outcome as Outcome
from patterns.recipes.factcheck.verdict import SeatVote as SeatVote
