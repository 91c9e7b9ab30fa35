"""The command line: `habeas`, one file a command group.

It asks the floors below, and shows what they answer: tables and progress for people, one JSON
document for machines, exit codes for scripts. No rule of the field lives here: what may be seen is
the registry's business, what is written for readers is that of exchange and publishing. Modules
import what is heavy inside their functions, so that `habeas --help` is quick.
"""
