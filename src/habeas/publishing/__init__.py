"""What leaves the house to be read: dossiers, with their pictures, in the reader's language.

Turns what a view shows into HTML, PDF and their machine-readable twins. It decides nothing about
what may be seen (the registry's clearance gate does), asserts nothing of its own, and fetches
nothing: fonts and map outlines are vendored and listed with origin and licence in
`assets/manifest.toml`. The pictures (`timeline`, `map`) are pure functions over small structs of
their own, so that they know nothing of registries and can be drawn from anything.
"""
