"""How well a mentor and a mentee fit: a sum of weighted parts, in integers.

Each criterion gives 0 to 1,000 points for a pair; the program's importances make weights that add up to 100, so that a
fit lies between 0 and 100,000 and equals, exactly, the sum of the parts that are shown. What is not in `Profile` cannot
count.
"""

from matching.scoring.blocks import Fit, parts_of
from matching.scoring.criterion import Scored
from matching.scoring.lists import Points
from matching.scoring.measures import FULL
from matching.scoring.profile import Profile
from matching.scoring.registry import CRITERIA
from matching.scoring.weights import BEST, thresholds, weights_of
from matching.scoring.words import Facts, Names, Reader, Reason

__all__ = [
    "BEST",
    "CRITERIA",
    "FULL",
    "Facts",
    "Fit",
    "Names",
    "Points",
    "Profile",
    "Reader",
    "Reason",
    "Scored",
    "parts_of",
    "thresholds",
    "weights_of",
]
