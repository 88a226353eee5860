"""What a user can mend. Each message says what is wrong, the value, and the way out."""


class GolemError(Exception):
    """Base of everything the app and the command line show in words instead of a traceback."""


class BadInput(GolemError):
    """A file, column or value that was handed in can't be used as it is."""


class BadRow(BadInput):
    """One row can't be predicted; the rest of its dataset can."""


class UnknownName(GolemError):
    """A golem, task, checkpoint or run of that name doesn't exist."""


class MissingPackage(GolemError):
    """A package that carries weights isn't installed; the message names the command."""


class NotOnThisMachine(GolemError):
    """A Hub checkpoint that has not been fetched yet."""


class HubError(GolemError):
    """The Hub refused, doesn't know the model, can't be reached, or broke off."""


class BadWeights(GolemError):
    """Weights that are missing, unsafe, damaged, or made for another task."""


class ShelfFull(GolemError):
    """A golem doesn't fit under the memory budget."""


class InUse(GolemError):
    """Somebody else uses the golem, and the one who waited gave up."""


class OutOfMemory(GolemError):
    """The device ran out of memory; a smaller batch may fit."""


class RunFailed(GolemError):
    """A run can't be started, continued or read."""


class RunDamaged(RunFailed):
    """A file that says what a run is, or where it stands, can't be read."""


class LedgerError(GolemError):
    """The file of results already known is damaged, or can't be read or written."""
