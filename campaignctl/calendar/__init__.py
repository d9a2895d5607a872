"""Computes `calendar` and `holidays`: which campaign starts on which date, and the dates on which none does."""
