"""Where a submission runs: three tiers, the strongest that the system allows, and what each keeps from it."""

from handgrad.grading.sandbox.box import Box
from handgrad.grading.sandbox.limits import Limits
from handgrad.grading.sandbox.plan import BoxError, GoneError, LateError, Plan
from handgrad.grading.sandbox.tiers import Tier, strongest_tier

__all__ = ["Box", "BoxError", "GoneError", "LateError", "Limits", "Plan", "Tier", "strongest_tier"]
