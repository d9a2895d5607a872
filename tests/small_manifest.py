"""The smallest voice campaign that several folders of tests write to disk; what it says and when is the test's own."""

from __future__ import annotations

VOICE = """\
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata: {name: diwali-reminder}
spec:
  caller_id: "03349360005"
  from: ["+919876543210"]
"""
SCHEDULED = (
    VOICE
    + """\
  read_via_text: Your order is ready.
  schedule: {send_at: "2035-01-15T10:00:00+05:30", end_at: "2035-01-15T18:00:00+05:30"}
"""
)
