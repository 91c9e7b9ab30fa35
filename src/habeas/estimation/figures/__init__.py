"""The pictures of an estimate, one a file: what is drawn, the sentence that says it, its table.

A chart holds plain values and knows how to draw them, to say them in a sentence and to write them
as a table, in English and Persian. `picture.to_picture` makes files of it. Nothing rests on colour:
every mark differs in shape or stroke too, and what must not be overlooked stands in words.
"""
