"""What goes into the record and out of it in forms that others read and write.

One file a format: the coding sheet, in which a documenter writes claims down by hand, and the
tables and maps that other programs read. A format turns words into claims, or shown claims into
words; it decides nothing. This package opens no registry and knows no key: what is recorded and
what may be shown is the registry's affair.
"""
