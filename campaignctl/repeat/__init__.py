"""Computes campaigns that repeat: from a rule come dates, from dates occurrences. Pure: the moment is an argument."""
