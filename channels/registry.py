"""All channels there are, and which of them this environment opens."""

from collections.abc import Mapping
from typing import Protocol

from channels.channel import Channel
from channels.email.adapter import Email
from channels.phone.adapter import Phone
from channels.whatsapp.adapter import WhatsApp


class Adapter(Protocol):
    """What a channel's class offers: to be opened from the environment."""

    def from_env(self, environ: Mapping[str, str]) -> Channel | None:
        """The channel, None if it is not wanted; raises ValueError with the variable and the cure."""


ALL: tuple[Adapter, ...] = (WhatsApp, Email, Phone)


def open_channels(environ: Mapping[str, str]) -> dict[str, Channel]:
    """The channels that this environment asks for, by name; raises ValueError with the variable and the cure."""
    opened = (adapter.from_env(environ) for adapter in ALL)
    return {channel.name: channel for channel in opened if channel is not None}
