"""The zip: the same bytes everywhere, complete, and the one that is committed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import boto3
import pytest

from tests.unit.policy_text import policy_object
from tools import package, paths
from tools.wheels import fetch

HANDLERS = ("placement_failure", "interruption", "restore")
SUPPORTED = ("3.11", "3.12", "3.13")
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "STATE_TABLE_NAME": "ecs_cp_restore_state",
    "AUTOMATION_ROLE_NAME": "CentralSpotAutomationRole",
    "EXTERNAL_ID": "ecs-spot-failover",
    "CENTRAL_ACCOUNT_ID": "123456789012",
    "EVENT_BUS_NAME": "ecs-spot-failover",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/queue-dlq",
    "POLICY": json.dumps(policy_object()),
    "POWERTOOLS_SERVICE_NAME": "function",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}
CHECKOUT = ("tools", "requirements", "lambda_src/spot_failover")


def interpreters() -> list[str]:
    """Give the supported Pythons that this machine has, the running one first."""
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": sys.executable}
    for version in SUPPORTED:
        name = shutil.which(f"python{version}")
        if version in found or name is None:
            continue
        if subprocess.run([name, "--version"], capture_output=True, check=False).returncode == 0:
            found[version] = name
    return list(found.values())


@pytest.fixture(scope="module")
def built() -> package.Build:
    return package.build()


@pytest.fixture
def checkout(tmp_path: Path, built: package.Build) -> Path:
    """A copy of what the zip is built from, elsewhere, with other file modes and times, and with the wheels."""
    root = tmp_path / "elsewhere" / "checkout with a space"
    for folder in CHECKOUT:
        shutil.copytree(paths.ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(paths.CACHE / "wheels", root / ".cache" / "wheels")
    for file in (root / "lambda_src").rglob("*.py"):
        file.chmod(0o600)
        os.utime(file, (0, 0))
    return root


@pytest.mark.slow
def test_another_checkout_umask_folder_and_python_give_the_same_bytes(
    checkout: Path, built: package.Build, tmp_path: Path
) -> None:
    for number, (interpreter, umask) in enumerate((i, u) for i in interpreters() for u in (0o077, 0o002)):
        dist = tmp_path / f"dist{number}"
        subprocess.run(
            [interpreter, "-m", "tools.package", "build", "--dist", str(dist)],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(checkout), "TZ": "Asia/Kathmandu", "LC_ALL": "C"},
            umask=umask,
            check=True,
            capture_output=True,
        )

        assert (dist / package.ZIP_NAME).read_bytes() == built.archive, interpreter
        assert (dist / package.CONTENTS_NAME).read_text() == built.contents, interpreter


@pytest.mark.slow
@pytest.mark.parametrize("handler", HANDLERS)
def test_every_handler_imports_from_the_zip_alone(handler: str, built: package.Build, tmp_path: Path) -> None:
    """Only boto3, which the runtime brings, may come from outside; dependencies are looked for there last."""
    archive = tmp_path / package.ZIP_NAME
    archive.write_bytes(built.archive)
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    for name in ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "jmespath", "six.py"):
        (runtime / name).symlink_to(Path(boto3.__file__).parent.parent / name)
    program = (
        f"import sys; sys.path[:0] = [{str(archive)!r}]; sys.path.append({str(runtime)!r})\n"
        f"import importlib; module = importlib.import_module('spot_failover.handlers.{handler}')\n"
        "import aws_lambda_powertools, jmespath, typing_extensions\n"
        f"inside = (module, aws_lambda_powertools, jmespath, typing_extensions)\n"
        f"assert all(m.__file__.startswith({str(archive)!r}) for m in inside)\n"
        "assert callable(module.handler)"
    )

    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr


def test_the_committed_zip_is_what_the_sources_give(built: package.Build) -> None:
    package.check(built, paths.DIST)


def test_the_committed_zip_holds_our_sources_and_pinned_wheels_and_nothing_else() -> None:
    """Taken apart, apart from how it is built: every member has the bytes of a source or of a wheel pinned by hash."""
    known = {path.relative_to(paths.SOURCES).as_posix(): path.read_bytes() for path in paths.SOURCES.rglob("*.py")}
    wheels = fetch(paths.LAMBDA_REQUIREMENTS, paths.CACHE / "wheels")
    for wheel in wheels:
        known |= wheel.members
    listing = (paths.DIST / package.CONTENTS_NAME).read_text().splitlines()
    listed = {line.split()[2]: line.split()[:2] for line in listing if not line.startswith("#")}

    with zipfile.ZipFile(paths.DIST / package.ZIP_NAME) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}

    assert {name for name, content in members.items() if known.get(name) != content} == set()
    assert {
        name: [hashlib.sha256(content).hexdigest(), str(len(content))] for name, content in members.items()
    } == listed
    assert {f"# {wheel.name} {wheel.version}" for wheel in wheels} == {line for line in listing[1:] if line[0] == "#"}


def test_members_are_sorted_plain_files_without_times(built: package.Build, tmp_path: Path) -> None:
    archive = tmp_path / package.ZIP_NAME
    archive.write_bytes(built.archive)
    with zipfile.ZipFile(archive) as opened:
        members = opened.infolist()

    assert [m.filename for m in members] == sorted(m.filename for m in members)
    assert {(m.date_time, m.compress_type, m.external_attr >> 16, m.create_system) for m in members} == {
        (package.EPOCH, zipfile.ZIP_STORED, 0o100644, 3)
    }


def test_contents_name_every_member_and_every_dependency_with_its_licence(built: package.Build) -> None:
    for expected in ("# aws-lambda-powertools ", "spot_failover/__init__.py", "/licenses/LICENSE", "/METADATA"):
        assert expected in built.contents
    assert "boto" not in "".join(line.split()[-1] for line in built.contents.splitlines())


def test_check_names_the_members_that_differ(built: package.Build, tmp_path: Path) -> None:
    (tmp_path / package.ZIP_NAME).write_bytes(b"old")
    (tmp_path / package.CONTENTS_NAME).write_text(built.contents + f"{'0' * 64}       1 spot_failover/gone.py\n")

    with pytest.raises(package.PackageError, match=r"make package.*differ: spot_failover/gone\.py\."):
        package.check(built, tmp_path)


def test_check_tells_of_a_missing_zip(built: package.Build, tmp_path: Path) -> None:
    with pytest.raises(package.PackageError, match="missing"):
        package.check(built, tmp_path)


def test_an_empty_source_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(package.PackageError, match="no package spot_failover"):
        package.build(sources=tmp_path)
