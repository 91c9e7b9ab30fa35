"""A look at a site, and its way into the record: the watch list, the run, its claims and files.

A look is what one run found at one site. A person's reading of it is a separate claim, and both
stay. Detection itself is not done here.
"""
