"""Money that came: bank transfers by statement, by notice or by hand, and which orders they pay.

Start at ``transfers.book``; ``memos`` reads what banks left of an order's code.
"""
