"""``python -m local_aws``: AWS on 127.0.0.1 until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from local_aws.assembly import RunningServer, Settings, end_world, make_world


def main(arguments: list[str] | None = None) -> int:
    """Run until told to stop; the exit status is 0."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=options.log_level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.stop_with_stdin:
        threading.Thread(target=_stop_with_stdin, args=(stop,), daemon=True).start()
    try:
        settings = Settings(
            accounts=options.accounts,
            organization=options.organization,
            outside_accounts=options.outside_accounts,
            units=dict(options.organizational_unit),
        )
    except ValueError as error:
        _parser().error(str(error))
    world = make_world(settings)
    with RunningServer(world, options.port) as server:
        if options.port_file is not None:
            _write_at_once(options.port_file, f"{server.port}\n")
        sys.stderr.write(f"local_aws listens on {server.url}\n")
        stop.wait()
    end_world(world)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_aws", description="AWS's APIs on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="TCP port; 0 (default) takes a free one")
    parser.add_argument("--port-file", type=Path, help="write the port to this file once requests are answered")
    parser.add_argument(
        "--accounts", type=_list, required=True, help="account ids, comma-separated: first the management"
    )
    parser.add_argument("--organization", default="o-exampleorg1", help="id of the organization")
    parser.add_argument("--outside-accounts", type=_list, default=[], help="accounts outside the organization")
    parser.add_argument(
        "--organizational-unit",
        type=_unit,
        action="append",
        default=[],
        metavar="ACCOUNT=PATH",
        help="place an account below the root, e.g. 111111111111=ou-ab12-11111111/; may be repeated",
    )
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when standard input ends")
    parser.add_argument("--log-level", default="WARNING", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    return parser


def _stop_with_stdin(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()


def _list(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _unit(text: str) -> tuple[str, str]:
    account, separator, path = text.partition("=")
    if not separator or not path.endswith("/"):
        raise argparse.ArgumentTypeError(f"{text!r} is not ACCOUNT=ou-.../")
    return account, path


def _write_at_once(path: Path, text: str) -> None:
    """Write so that a reader never sees a part of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
