"""Recovery phrases: BIP-39, 24 English words, and the keys they lead to (BIP-32, BIP-44)."""

from eth_account.hdaccount import generate_mnemonic, key_from_seed, seed_from_mnemonic
from eth_account.hdaccount.mnemonic import Mnemonic
from eth_account.types import Language

from connectors.keystore.secret import Secret
from schemas.errors import ConfigurationError

WORDS = 24
PATH = "m/44'/60'/0'/0/{}"
"""Where every Ethereum wallet looks first; the number is the account's."""
MOST_ACCOUNTS = 2**31


def new_phrase() -> Secret:
    """A phrase of 256 bits from the operating system's generator."""
    return Secret.of_text(generate_mnemonic(WORDS, Language.ENGLISH))


def read_phrase(text: str) -> Secret:
    """Check a typed phrase: number of words, each word, checksum.

    Raises:
        ConfigurationError: It is no such phrase. The message names places, never words.
    """
    words = text.lower().split()
    if len(words) != WORDS:
        raise ConfigurationError(f"Expected {WORDS} words, received {len(words)}.")
    checker = Mnemonic(Language.ENGLISH)
    known = set(checker.wordlist)
    unknown = [str(place) for place, word in enumerate(words, 1) if word not in known]
    if unknown:
        raise ConfigurationError(
            f"Expected English BIP-39 words, received others in place {', '.join(unknown)}. "
            "Read them again from the paper."
        )
    phrase = " ".join(words)
    if not checker.is_mnemonic_valid(phrase):
        raise ConfigurationError(
            "Expected a phrase whose checksum is right, received one whose is not: a word is "
            "wrong, or two have changed places."
        )
    return Secret.of_text(phrase)


def key_of(phrase: Secret, account: int = 0, extension: str = "") -> Secret:
    """The private key of an account of a phrase.

    Args:
        phrase: 24 words.
        account: Its number; a rotated hot wallet is the next one.
        extension: BIP-39's optional passphrase.

    Raises:
        ConfigurationError: The number is out of range.
    """
    if not 0 <= account < MOST_ACCOUNTS:
        raise ConfigurationError(f"Expected an account from 0 on, received {account}.")
    with Secret(bytearray(seed_from_mnemonic(phrase.text(), extension))) as seed:
        return Secret(bytearray(key_from_seed(seed.reveal(), PATH.format(account))))
