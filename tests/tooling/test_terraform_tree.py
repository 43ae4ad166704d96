"""Terraform runs on a copy, which holds the configurations and none of Terraform's own files."""

from pathlib import Path

from tools.terraform_tree import configurations, copy_inputs, copy_tree


def test_the_copy_holds_every_configuration_and_no_leftovers(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in (
        "main.tf",
        "modules/central/main.tf",
        "modules/central/.terraform.lock.hcl",
        "examples/one/main.tf",
        "examples/one/.terraform/modules/x/main.tf",
        "examples/one/terraform.tfstate",
        "tests/terraform/a.tftest.hcl",
        "lambda_src/dist/spot_failover.zip",
        "lambda_src/spot_failover/a.py",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    stale = tmp_path / "copy" / "modules" / "removed"
    stale.mkdir(parents=True)

    copy = copy_tree(tmp_path / "copy", root)

    assert {p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file()} == {
        "main.tf",
        "modules/central/main.tf",
        "examples/one/main.tf",
        "tests/terraform/a.tftest.hcl",
        "lambda_src/dist/spot_failover.zip",
    }
    assert [p.relative_to(copy).as_posix() for p in configurations(copy)] == [".", "examples/one", "modules/central"]
    assert not stale.exists()


def test_a_copy_of_the_inputs_holds_nothing_that_needs_a_provider(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in (
        "main.tf",
        "variables.tf",
        "modules/central/main.tf",
        "modules/central/variables_timing.tf",
        "examples/one/variables.tf",
        "tests/terraform/a.tftest.hcl",
        "tests/terraform/inputs/b.tftest.hcl",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()

    copy = copy_inputs(tmp_path / "copy", root)

    assert {p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file()} == {
        "variables.tf",
        "modules/central/variables_timing.tf",
        "tests/terraform/inputs/b.tftest.hcl",
    }
