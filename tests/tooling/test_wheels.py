"""Dependencies come as pinned, or not at all."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from tools.wheels import Wheel, WheelError, fetch


def cached_wheel(tmp_path: Path, pinned_hash: str | None = None) -> tuple[Path, Path]:
    """Put one wheel into a cache and give the requirements file and the cache."""
    source = tmp_path / "some_lib-1.0-py3-none-any.whl"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("some_lib/__init__.py", "")
        archive.writestr("some_lib-1.0.dist-info/licenses/LICENSE", "free")
        archive.writestr("some_lib-1.0.dist-info/RECORD", "")
    digest = pinned_hash or hashlib.sha256(source.read_bytes()).hexdigest()
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"some-lib==1.0 \\\n    --hash=sha256:{digest}\n")
    folder = tmp_path / "cache" / hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder.mkdir(parents=True)
    source.rename(folder / source.name)
    return requirements, tmp_path / "cache"


def test_a_cached_wheel_with_the_pinned_hash_is_used(tmp_path: Path) -> None:
    (wheel,) = fetch(*cached_wheel(tmp_path))

    assert (wheel.name, wheel.version) == ("some-lib", "1.0")
    assert set(wheel.notices()) == {"some_lib-1.0.dist-info/licenses/LICENSE"}
    found = wheel.find("some_lib")
    assert found is not None
    assert found.is_package


def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WheelError, match="not pinned"):
        fetch(*cached_wheel(tmp_path, pinned_hash="0" * 64))


def test_a_compiled_module_is_refused() -> None:
    wheel = Wheel("fast", "2.0", {"fast/core.cpython-311-x86_64-linux-gnu.so": b""})

    with pytest.raises(WheelError, match=r"fast 2\.0: fast\.core is a compiled module"):
        wheel.find("fast.core")
