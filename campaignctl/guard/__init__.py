"""Runs `campaignctl guard`: a standing process that looks at what calls, and may only pause."""
