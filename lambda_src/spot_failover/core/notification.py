"""A message for people, as plain text for e-mail and in the schema of AWS Chatbot's custom notifications."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from spot_failover.core.notification_format import Format

SUBJECT = 100
"""Characters of a subject that SNS takes: ASCII, fewer than 100, no line breaks (SNS API reference, Publish)."""
LISTED = 50
"""Lines of a list in a mail."""
LISTED_IN_CHAT = 15
"""Lines of a list in a chat: people read them in a channel, on a phone."""


@dataclass(frozen=True)
class Notification:
    """A message: what happened, where, which services, and what to do."""

    title: str
    summary: str
    lines: tuple[str, ...] = ()
    """One per service."""
    unlisted: int = 0
    """Services beyond those in `lines`."""
    steps: tuple[str, ...] = ()
    """What to do."""
    thread: str = ""
    """Messages with the same are about the same incident."""
    kind: str = ""
    """`opened`, `grown`, `over`, or an alert's reason code."""
    account: str = ""
    region: str = ""

    @property
    def subject(self) -> str:
        """The title as SNS takes it."""
        ascii_only = "".join(character if " " <= character <= "~" else "?" for character in self.title)
        return ascii_only if len(ascii_only) < SUBJECT else f"{ascii_only[: SUBJECT - 4]}..."

    def body(self, wanted: Format) -> str:
        """The message."""
        return self._chatbot() if wanted is Format.CHATBOT else self._text()

    def _listed(self, most: int) -> list[str]:
        hidden = len(self.lines) - most + self.unlisted if len(self.lines) > most else self.unlisted
        return [*self.lines[:most], *([f"and {hidden} more"] if hidden else [])]

    def _text(self) -> str:
        parts = [self.summary, "\n".join(f"  {line}" for line in self._listed(LISTED))]
        if self.steps:
            parts.append("What to do:\n" + "\n".join(f"  - {step}" for step in self.steps))
        return "\n\n".join(part for part in parts if part) + "\n"

    def _chatbot(self) -> str:
        listed = "\n".join(f"• {line}" for line in self._listed(LISTED_IN_CHAT))
        description = f"{self.summary}\n{listed}" if listed else self.summary
        content: dict[str, Any] = {"textType": "client-markdown", "title": self.title, "description": description}
        if self.steps:
            content["nextSteps"] = list(self.steps)
        content["keywords"] = [word for word in (self.kind, self.account, self.region) if word]
        metadata = {
            "threadId": self.thread,
            "summary": self.title,
            "eventType": self.kind,
            "additionalContext": {"account": self.account, "region": self.region},
        }
        return json.dumps({"version": "1.0", "source": "custom", "content": content, "metadata": metadata})
