"""How notifications are written."""

from enum import StrEnum


class Format(StrEnum):
    """For mail, or for AWS Chatbot."""

    TEXT = "text"
    CHATBOT = "chatbot"
