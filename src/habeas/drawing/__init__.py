"""How pictures are drawn: vendored fonts and outlines, two directions of writing, SVG, charts.

What every picture of Habeas shares, whatever it shows: the same faces, the same colours, words of
two directions that do not move each other, and the same bytes from the same input. It knows
nothing of the field: what a picture says is decided where it is made (`publishing`, `estimation`,
`monitoring`).
"""
