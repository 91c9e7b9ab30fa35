"""What can be said, and how it is written down.

A claim is what one source says in one place. This package holds its shape, its typed values, the
vocabulary it is said in, the reading of dates and names, the canonical bytes that are hashed, and
how claims about one thing compare. It does no I/O but reading its own vocabulary, knows no log, no
file and no database, and never decides which of two claims is right.
"""
