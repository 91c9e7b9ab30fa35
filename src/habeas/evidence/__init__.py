"""What was kept: files, who held them, and when they provably existed.

Keeps the bytes of every piece of evidence under their SHA-256 and never touches them again; says
what kind of file it is and what the file says of itself; describes each hand-over (custody); asks a
timestamp authority to pin bytes in time and judges its answer. It does not record claims (the
registry does), does not say whether a file is true, and calls the network only in `authority`, when
a user asked for it.
"""
