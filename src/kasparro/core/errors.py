"""Every exception we raise, grouped by what the caller does next."""

from datetime import timedelta


class KasparroError(Exception):
    """Base of all our errors; its text says what happened, where, and what to do."""


class RetryableError(KasparroError):
    """The same call may succeed later: a timeout, a 429, a 5xx."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """How long the source asked us to wait; None when it did not say."""


class RateLimitedError(RetryableError):
    """The source is alive and told us to slow down."""


class FatalError(KasparroError):
    """Retrying cannot help: fail the run, keep the checkpoint, tell a person."""


class RefusedError(FatalError):
    """The source refuses our key or plan (401, 402, 403)."""


class MalformedPayloadError(FatalError):
    """A body that cannot be split into records, so nothing in it can be trusted."""


class LeaseLostError(FatalError):
    """Another worker took the stream over; what we have not committed is theirs to do."""


class StoppedError(KasparroError):
    """We were asked to stop; the next run goes on from the checkpoint."""


class BusyError(KasparroError):
    """Somebody else is doing this right now."""


class ConfigurationError(KasparroError):
    """A setting is wrong: refuse to start and name it."""


class UnavailableError(KasparroError):
    """Something we depend on is not there: the database, a worker."""


class NoWorkerError(UnavailableError):
    """Nobody would carry the run out now; a worker that is waking up may in a moment."""


class NotFoundError(KasparroError):
    """No such thing."""


class BadRequestError(KasparroError):
    """The question itself is wrong."""
