"""Says what budgets, gates, withdrawn dates and people who are called elsewhere make of a decision.

Above the rules, beneath the planner; imported where a project uses them.
"""
