"""Services over the network: what is asked of web services, what stations send, and trainings on other computers.

Everything here begins with a request of the user: without one, the program opens no socket. Only the command line and dialogs
that say what they will ask import this package, when they are used.
"""
