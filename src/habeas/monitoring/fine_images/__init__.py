"""Finer images taken in by hand: scanned photographs, aerial images, very high resolution.

They are laid over the site, shown before and after, and annotated by a person, whose reading is a
claim of its own. Nothing here recognises anything in an image.
"""
