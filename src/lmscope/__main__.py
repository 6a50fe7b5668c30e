"""``python -m lmscope``: the command line, for when its script is not on the path."""

from lmscope.cli import main

if __name__ == "__main__":
    main()
