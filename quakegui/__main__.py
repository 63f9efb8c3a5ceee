"""Entry point of `python -m quakegui`."""

from quakegui.cli import main

if __name__ == "__main__":
    main()
