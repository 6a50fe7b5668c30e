"""The lab notebook: which neurons each person saw, with her stars, notes and tags.

    with Journal.open() as journal:                      a file, or PostgreSQL by its URL
        journal.visit("Ada", Subject("solu-1l", weights, "mid", 0, 737))
        journal.export("Ada", "md")

Every person has a log of her own, told apart by name. A visit that was answered
is on the disk; a change made to an entry that has changed meanwhile is refused.
Knows neither models nor catalogues: a neuron is its model's weights and three
coordinates. A hypothesis is dated when it is proposed, a test when it is logged; both
stay as they are, whatever came out.
"""

from lmscope.journal.entries import Counts, Entry, Imported, Subject
from lmscope.journal.records import Proposed, Tested
from lmscope.journal.store import Journal

__all__ = ["Counts", "Entry", "Imported", "Journal", "Proposed", "Subject", "Tested"]
