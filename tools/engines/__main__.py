"""The oldest Terraform and OpenTofu that are supported: each validates everything, and applies and destroys an example.

``python -m tools.engines [terraform] [opentofu]``, after ``make engines``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local_aws.client import LocalAws
from tools import paths
from tools.engines.install import ENGINES, Engine
from tools.terraform_mirror import MIRROR_VARIABLE, REGISTRY, TerraformError, find_mirror, terraform, terraform_init
from tools.terraform_tree import configurations, copy_tree
from tools.terraform_validate import PARALLEL, validate

ACCOUNT = "111111111111"
EXAMPLE = "single-account"
OPENTOFU_REGISTRY = "registry.opentofu.org"


def environment(engine: Engine, folder: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give the environment in which ``terraform`` is that engine; a mirror, if there is one, serves both registries."""
    prepared = {**environ, "PATH": f"{engine.folder}{os.pathsep}{environ['PATH']}"}
    mirror = find_mirror(environ)
    if mirror:
        # hashicorp/aws/VERSION/PLATFORM, or a packed file in place of the two; no engine follows a link above.
        for package in [*mirror.glob(f"{REGISTRY}/*/*/*/*/"), *mirror.glob(f"{REGISTRY}/*/*/*.zip")]:
            for registry in (REGISTRY, OPENTOFU_REGISTRY):
                link = folder / registry / package.relative_to(mirror / REGISTRY)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(package.resolve())
        prepared[MIRROR_VARIABLE] = str(folder)
    return prepared


def validate_all(tree: Path, environ: Mapping[str, str]) -> list[str]:
    """Validate root, modules and examples; give what is wrong."""
    folders = configurations(tree)
    problems: list[str] = []

    def run(folder: Path) -> None:
        problem = validate(folder, environ)
        print(f"  {'FAILED' if problem else 'valid':<6} {folder.relative_to(tree).as_posix()}", flush=True)
        problems.extend([problem] if problem else [])

    # The first alone: it fills the plugin cache, which is not guarded against two writers.
    run(folders[0])
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(run, folders[1:]))
    return problems


def live(tree: Path, environ: Mapping[str, str], log: Path) -> None:
    """Apply an example, plan it again without change, and destroy it.

    Raises
    ------
    TerraformError
        A step failed, there was something to change, or something is left.
    """
    folder = tree / "examples" / EXAMPLE
    with LocalAws.start([ACCOUNT], log_file=log) as aws:

        def run(*arguments: str) -> str:
            return terraform(folder, *arguments, "-no-color", environ={**environ, **aws.env(ACCOUNT)})

        terraform_init(folder, environ={**environ, **aws.env(ACCOUNT)})
        run("apply", "-auto-approve")
        made = len(run("state", "list").splitlines())
        run("plan", "-detailed-exitcode")
        run("destroy", "-auto-approve")
        left = run("state", "list").strip()
    if left or not made:
        raise TerraformError(f"{EXAMPLE}: {made} resources were made, and after destroy these are left:\n{left}")
    print(f"  {EXAMPLE}: {made} resources and data sources applied, planned without change, destroyed", flush=True)


def check(engine: Engine) -> list[str]:
    """Check one engine and give what is wrong."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        mirror = Path(folder) / "mirror"
        mirror.mkdir()
        environ = environment(engine, mirror)
        version = json.loads(terraform(Path(folder), "version", "-json", environ=environ))["terraform_version"]
        print(f"{engine.name} {version}", flush=True)
        if version != engine.version:
            # As where the folder has no program, and the PATH another one.
            advice = f"Remove {engine.folder} and run `make engines`."
            return [f"{engine.name}: version {version} answers, but its go.mod pins {engine.version}. {advice}"]
        tree = copy_tree(Path(folder) / "tree")
        problems = validate_all(tree, environ)
        try:
            live(tree, environ, paths.CACHE / "engines" / f"{engine.name}.log")
        except TerraformError as error:
            problems.append(str(error))
    print(f"  {'FAILED' if problems else 'ok'} ({time.monotonic() - started:.0f} s)", flush=True)
    return problems


def main(names: Sequence[str]) -> int:
    """Check the engines of these names, both if there are none, and give the exit status."""
    engines = {engine.name: engine for engine in ENGINES if not names or engine.name in names}
    unknown = [name for name in names if name not in engines]
    missing = [name for name, engine in engines.items() if not engine.folder.is_dir()]
    if unknown or missing:
        known = " and ".join(engine.name for engine in ENGINES)
        print(f"Not there: {', '.join(unknown + missing)}. `make engines` builds {known}.", file=sys.stderr)
        return 1
    problems = [problem for engine in engines.values() for problem in check(engine)]
    for problem in problems:
        print(f"\n{problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
