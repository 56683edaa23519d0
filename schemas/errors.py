"""The error tree. Every error is a sentence: what was expected, what was received, what to do.

PETSError
├── DomainError
│   ├── OrderError: InvalidOrderError, InsufficientBalanceError, OrderRejectedError,
│   │   DuplicateOrderError
│   ├── PositionError: PositionNotFoundError, PositionAlreadyClosedError
│   ├── RiskViolation: ZoneViolationError, DrawdownExceededError, ExposureLimitError,
│   │   ConsecutiveLossesError
│   ├── WalletError: InsufficientGasError, InsufficientUSDCError, NonceOutOfSyncError,
│   │   WalletLockedError
│   └── CircuitBreakerOpenError
├── InfrastructureError
└── ApplicationError
    └── ConfigurationError
"""


class PETSError(Exception):
    """Root of everything PETS raises on purpose."""


class DomainError(PETSError):
    """A trading rule was broken."""


class OrderError(DomainError):
    """An order is wrong or was refused."""


class InvalidOrderError(OrderError):
    """The order breaks a form rule: tick, size, price range, type."""


class InsufficientBalanceError(OrderError):
    """Free cash or free tokens do not cover the order."""


class OrderRejectedError(OrderError):
    """The gate or the venue refused the order."""


class DuplicateOrderError(OrderError):
    """The same order id came again with another content."""


class PositionError(DomainError):
    """A position cannot be used as asked."""


class PositionNotFoundError(PositionError):
    """No position has this id."""


class PositionAlreadyClosedError(PositionError):
    """The position is closed."""


class RiskViolation(DomainError):
    """A risk rule forbids the action."""


class ZoneViolationError(RiskViolation):
    """The price zone forbids opening this order."""


class DrawdownExceededError(RiskViolation):
    """A drawdown limit is reached."""


class ExposureLimitError(RiskViolation):
    """An exposure limit would be exceeded."""


class ConsecutiveLossesError(RiskViolation):
    """The bot is paused after consecutive losses."""


class WalletError(DomainError):
    """A wallet cannot do what was asked."""


class InsufficientGasError(WalletError):
    """The wallet lacks POL for gas."""


class InsufficientUSDCError(WalletError):
    """The wallet lacks collateral."""


class NonceOutOfSyncError(WalletError):
    """Our nonce and the chain's disagree."""


class WalletLockedError(WalletError):
    """The wallet is locked by another operation."""


class CircuitBreakerOpenError(DomainError):
    """A circuit breaker is open."""


class InfrastructureError(PETSError):
    """Something outside the process failed: broker, database, venue, disk."""


class ApplicationError(PETSError):
    """PETS was asked for something it cannot do."""


class ConfigurationError(ApplicationError):
    """A setting is missing or wrong; names file, line and allowed values where it can."""
