"""From scenes in a folder or a catalogue to one cube of reflectance on a fixed grid.

What was acquired, what hid the ground, how far each date is shifted, and which scenes were used,
with their hashes. Nothing here says what happened on the ground, and nothing is fetched that the
user did not ask for.
"""
