"""The one door: open a registry, record into it, view it at a clearance.

A registry is a folder: `habeas.toml`, one SQLite file, `evidence/` by SHA-256, `keys/`. Its logs
and openings are the record; its tables over claims are views that can be rebuilt from them. Every
read goes through `View`, which is bound to one clearance and shows nothing above it: not in counts,
not in search, not in errors. This package does not write files for readers (exchange, publishing)
and does not draw conclusions.
"""
