"""What may be seen of a secret: two digits of a phone number, the path of a callback. See `campaignctl.text`."""

from __future__ import annotations

from campaignctl.text import BULLET, HIDDEN, calling_code, mask_number, mask_url

__all__ = ["BULLET", "HIDDEN", "calling_code", "mask_number", "mask_url"]
