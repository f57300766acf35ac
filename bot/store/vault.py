"""Secrets that must be read again, encrypted for the database."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

_HOW = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


class BadKey(Exception):
    """The message is one sentence for who starts the program, without the key."""


class Unopened(Exception):
    """None of the keys opens it."""


class Vault:
    """
    *keys* are Fernet's, between commas: the first closes, all of them open.

    To change the key, put a new one in front; after the next start the old one can go. Raises
    `BadKey`.
    """

    def __init__(self, keys: SecretStr) -> None:
        try:
            self._keys = [
                Fernet(key.strip()) for key in keys.get_secret_value().split(",") if key.strip()
            ]
        except ValueError:  # without `from`: it may quote the key
            self._keys = []
        if not self._keys:
            raise BadKey(f"QUORUM_SECRET_KEY is no key of Fernet: make one with `{_HOW}`.")
        self._all = MultiFernet(self._keys)

    def close(self, secret: SecretStr) -> str:
        return self._keys[0].encrypt(secret.get_secret_value().encode()).decode()

    def open(self, closed: str) -> SecretStr:
        """Raises `Unopened`."""
        try:
            return SecretStr(self._all.decrypt(closed.encode()).decode())
        except InvalidToken as err:
            raise Unopened from err

    def is_new(self, closed: str) -> bool:
        """Whether the first key opens it."""
        try:
            self._keys[0].decrypt(closed.encode())
        except InvalidToken:
            return False
        return True
