"""The pictures of a watched site: before and after, the curve, the footprint on a map.

Each is drawn in one language as SVG or PNG, and comes with words for those who do not see it. None
bears coordinates unless that is asked for. All but the curve show the outline of the site, which
tells where it lies to whoever knows the ground: `monitoring.recording` says so of their files.
"""
