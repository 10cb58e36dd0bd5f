"""From basket to purchase in at most four screens: address, payment, review, done."""
