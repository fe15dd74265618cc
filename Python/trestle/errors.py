"""What can go wrong, by kind; every message says what to do."""


class TrestleError(Exception):
    """Anything that the simulator refuses or cannot do."""


class ArgumentError(TrestleError, ValueError):
    """An argument is unknown, of the wrong shape or out of its range."""


class FileError(TrestleError):
    """A file under ``Scenes/`` or ``Benchmarks/`` cannot be used; the message names file, line and mend."""


class RendererError(TrestleError, RuntimeError):
    """Nothing draws here: no OpenGL driver, or it failed."""


class NotReadyError(TrestleError, RuntimeError):
    """An episode was stepped before its start or after its end."""


class LibraryError(TrestleError, ImportError):
    """The simulator's shared library is missing or cannot be loaded."""
