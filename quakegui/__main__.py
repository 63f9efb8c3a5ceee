"""`python -m quakegui` is the program."""

from quakegui.cli import main

if __name__ == "__main__":
    main()
