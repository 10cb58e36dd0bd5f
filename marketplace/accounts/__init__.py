"""People: the user, letters, the audit trail.

Uses the foundation. Start reading at ``models.py``.
"""
