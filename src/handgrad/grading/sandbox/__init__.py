"""Where a submission runs: three tiers, the strongest that the system allows, and what each keeps from it."""

from handgrad.grading.sandbox.box import Box, ChildError, Ended, Plan, TimeUpError
from handgrad.grading.sandbox.tiers import Tier, strongest_tier

__all__ = ["Box", "ChildError", "Ended", "Plan", "Tier", "TimeUpError", "strongest_tier"]
