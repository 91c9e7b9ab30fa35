"""A list of victims or of sites into the record, row by row, and out again if need be.

A mapping says what the columns of a table mean. Each row becomes the claims of one source, or is
held back with a question, or rejected with a reason; rows in = recorded + held back + rejected,
always. A run is recorded whole or not at all, and can be undone whole. Nothing is guessed here:
what cannot be read with certainty is asked.
"""
