"""Every mistake that lmscope explains, and the search for the nearest right name.

    LmscopeError
    ├── models      UnknownModel, ModelNotHere, NotAModel, NoNeurons, UnsupportedArchitecture,
    │               ModelRefused, UnknownSite, OtherSite, UnreadableNeuron, LayerOutOfRange,
    │               LayerNotScanned, NeuronOutOfRange, NeuronNotExported
    ├── texts       UnknownCorpus, UnreadableCorpus, MissingField, EmptyCorpus, NoText,
    │               TextTooLong, TokenOutOfRange, Stopped, ContextTooLong
    ├── catalogues  UnknownColumn, CatalogueExists, AlreadyThere, NotACatalogue,
    │               CatalogueUnfinished, NoCatalogues, UnknownAddress, CatalogueDamaged,
    │               WrongCatalogue, NothingToResume, ScanChanged, PartsDiffer
    ├── evidence    UnreadableRule, RuleNeedsTokens, RuleTooSlow, RuleTooBroad, UnreadablePairs,
    │               ArraysDiffer, NotFinite, NoTokens
    ├── journal     UnknownJournal, JournalUnreachable, NotAJournal, JournalDamaged,
    │               JournalTooNew, JournalBusy, EntryRefused, ImportRefused, NotInLog, StaleEntry
    ├── machine     DiskFull, NotUsable, MissingExtra, UnknownCommand, UnknownOption,
    │               MissingArgument, LeftOver, LooseText, BadOption
    └── site        NoSuchFile, NotLive, TooBusy, TookTooLong, TooLarge, PortTaken

Each message is a fact, the nearest thing that works, the reason if it can be
seen, and one command: at most four lines. Each class keeps its facts as
attributes, so that a terminal, JSON and a page can each show them.
"""

from lmscope.errors.base import LmscopeError, fold, look_alike, nearest
from lmscope.errors.catalogues import (
    AlreadyThere,
    CatalogueDamaged,
    CatalogueExists,
    CatalogueUnfinished,
    NoCatalogues,
    NotACatalogue,
    NothingToResume,
    PartsDiffer,
    ScanChanged,
    UnknownAddress,
    UnknownColumn,
    WrongCatalogue,
)
from lmscope.errors.evidence import (
    ArraysDiffer,
    NotFinite,
    NoTokens,
    RuleNeedsTokens,
    RuleTooBroad,
    RuleTooSlow,
    UnreadablePairs,
    UnreadableRule,
)
from lmscope.errors.journal import (
    EntryRefused,
    ImportRefused,
    JournalBusy,
    JournalDamaged,
    JournalTooNew,
    JournalUnreachable,
    NotAJournal,
    NotInLog,
    StaleEntry,
    UnknownJournal,
)
from lmscope.errors.machine import (
    BadOption,
    DiskFull,
    LeftOver,
    LooseText,
    MissingArgument,
    MissingExtra,
    NotUsable,
    UnknownCommand,
    UnknownOption,
    explained_by_machine,
)
from lmscope.errors.models import (
    LayerNotScanned,
    LayerOutOfRange,
    ModelNotHere,
    ModelRefused,
    NeuronNotExported,
    NeuronOutOfRange,
    NoNeurons,
    NotAModel,
    OtherSite,
    UnknownModel,
    UnknownSite,
    UnreadableNeuron,
    UnsupportedArchitecture,
)
from lmscope.errors.site import NoSuchFile, NotLive, PortTaken, TooBusy, TookTooLong, TooLarge
from lmscope.errors.texts import (
    ContextTooLong,
    EmptyCorpus,
    MissingField,
    NoText,
    Stopped,
    TextTooLong,
    TokenOutOfRange,
    UnknownCorpus,
    UnreadableCorpus,
)

__all__ = [
    "AlreadyThere",
    "ArraysDiffer",
    "BadOption",
    "CatalogueDamaged",
    "CatalogueExists",
    "CatalogueUnfinished",
    "ContextTooLong",
    "DiskFull",
    "EmptyCorpus",
    "EntryRefused",
    "ImportRefused",
    "JournalBusy",
    "JournalDamaged",
    "JournalTooNew",
    "JournalUnreachable",
    "LayerNotScanned",
    "LayerOutOfRange",
    "LeftOver",
    "LmscopeError",
    "LooseText",
    "MissingArgument",
    "MissingExtra",
    "MissingField",
    "ModelNotHere",
    "ModelRefused",
    "NeuronNotExported",
    "NeuronOutOfRange",
    "NoCatalogues",
    "NoNeurons",
    "NoSuchFile",
    "NoText",
    "NoTokens",
    "NotACatalogue",
    "NotAJournal",
    "NotAModel",
    "NotFinite",
    "NotInLog",
    "NotLive",
    "NotUsable",
    "NothingToResume",
    "OtherSite",
    "PartsDiffer",
    "PortTaken",
    "RuleNeedsTokens",
    "RuleTooBroad",
    "RuleTooSlow",
    "ScanChanged",
    "StaleEntry",
    "Stopped",
    "TextTooLong",
    "TokenOutOfRange",
    "TooBusy",
    "TooLarge",
    "TookTooLong",
    "UnknownAddress",
    "UnknownColumn",
    "UnknownCommand",
    "UnknownCorpus",
    "UnknownJournal",
    "UnknownModel",
    "UnknownOption",
    "UnknownSite",
    "UnreadableCorpus",
    "UnreadableNeuron",
    "UnreadablePairs",
    "UnreadableRule",
    "UnsupportedArchitecture",
    "WrongCatalogue",
    "explained_by_machine",
    "fold",
    "look_alike",
    "nearest",
]

# A traceback names a mistake as it is imported, not the room that it stands in.
for name in __all__:
    globals()[name].__module__ = __name__
