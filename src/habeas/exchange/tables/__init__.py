"""Files of lists as tables: every cell as it stands, with the address that finds it again.

A workbook, a delimited file, a file of JSON objects, a map layer: each becomes tables of rows and
columns, without anything being understood. What a column means is the affair of `exchange.lists`.
Nothing in a file is ever run or fetched: formulas are read as the values that they were saved
with, links to other files and to the network are named and left alone.
"""
