"""What an office asks of bookings: `limits_for`, `quota_left`, and the rules that hosts make.

Map:
    limits   which rule stands, for a resource and an organisation
    quotas   the hours of an organisation in a month; what it holds at the same moment
    made     what hosts make, change and end
"""

from app.services.rules.limits import Limits, StandingRules, limits_for
from app.services.rules.quotas import Quota, quota_left, quotas_of

__all__ = ["Limits", "Quota", "StandingRules", "limits_for", "quota_left", "quotas_of"]
