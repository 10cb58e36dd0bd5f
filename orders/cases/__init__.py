"""Cases of an order: goods that a buyer gives back, and complaints; each with the side whose turn it is and a clock.

Start at ``returns.ask_return``. Where nobody answers in time the case goes to the alliance of the province.
"""
