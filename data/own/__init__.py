"""What people bring themselves: a workbook, a list, points or areas, read safely and matched to the territories.

    python -m data.own.reader      reads one file in a process of its own (`apart.read` starts it, with limits)

A file is opened by what it is, not by its name (`files`), its cells are read as people write them (`cells`), its rows
are matched to territories without guessing (`names`), its columns are recognised (`layout`), points and areas are laid
over the units (`ground`). What comes out is a `model.Reading`: plain values that fit into JSON.
"""
