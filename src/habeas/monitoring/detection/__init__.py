"""From a cube and an outline to disturbances: whether, when, how much, and perhaps how.

Pure functions of arrays: a site against its own surroundings, thresholds for a chosen rate of
alarms, onset, footprint, kind. Reads no image and writes no claim; COLD stands here as a second
opinion, and the pools that watch many sites.
"""
