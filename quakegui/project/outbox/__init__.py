"""Labels and notes on their way to the server of a shared project.

An analyst never waits for a server. A change of the journal is a letter: it is saved to a file on this computer before the key
is released (`letters`), shown at once in a copy of the journal (`replica`), and sent by a thread (`courier`), once, however
often the connection is lost on the way. What the server refuses is taken back with a sentence.
"""
