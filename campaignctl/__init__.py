"""Campaigns as code for Exotel voice and SMS."""

__version__ = "0.1.0"
