"""The report card: what a table says under several methods, and how far any of it can be trusted.

`card` computes it from an overlap table, `charts` draws it, `page` and `document` say it for people
and for machines, `writing` puts it into a folder: whole, or not at all.
"""
