"""Modules and examples use no name that version 6 of the provider lacks."""

from __future__ import annotations

import pytest

from tools import paths
from tools.provider_names.check import findings, listed, types, used
from tools.provider_names.hcl import UnreadableError, Use, uses
from tools.provider_names.typings import paths_of

CONFIGURATION = """
data "aws_region" "current" {}

resource "aws_sqs_queue" "this" {
  # Not a name: old_argument = 1
  for_each = toset(["a", "b"])

  name   = "queue-${each.key}-${join("{", ["x"])}"
  policy = <<-JSON
    { "Statement": [
  JSON

  tags = {
    Region = data.aws_region.current.region
  }

  timeouts { create = "1m" }

  dynamic "rule" {
    for_each = var.rules
    content {
      prefix = rule.value
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

output "all" {
  value = { for name, queue in aws_sqs_queue.this : name => queue.url }
}

output "one" {
  value = aws_sqs_queue.this["a"].arn
}
"""

CHAINED = """
resource "aws_x" "this" {
  for_each = aws_y.those

  name = each.value.id

  dynamic "rule" {
    for_each = data.aws_z.all
    content {
      prefix = rule.value.nope
    }
  }

  depends_on = [
    aws_y.those["a"],
    aws_x.other,
  ]
}
"""

TYPINGS = """
class ThingRuleOutputReference extends cdktf.ComplexObject {
    get prefix() {
        return this.getStringAttribute('prefix');
    }
}
class ThingRuleList extends cdktf.ComplexList {
}
class Thing extends cdktf.TerraformResource {
    constructor(scope, id, config) {
        // rule - computed: false, optional: true, required: false
        this._rule = new ThingRuleList(this, "rule", false);
    }
    // arn - computed: true, optional: false, required: false
    get arn() {
        return this.getStringAttribute('arn');
    }
}
Thing.tfResourceType = "aws_thing";
"""


def test_version_6_has_every_name_that_is_used() -> None:
    found = used(paths.ROOT)

    assert findings(found, listed()) == []
    assert types(found) == set(listed()), "run `make provider-names`"


@pytest.mark.parametrize("use", [Use("resource", "aws_sqs_queue", "fifo"), Use("data", "aws_opsworks_stack", "")])
def test_a_name_that_it_lacks_is_told_with_its_file(use: Use) -> None:
    (problem,) = findings({use: ["main.tf"]}, listed())

    assert problem.startswith(f"main.tf: {use.kind} {use.type} ")


def test_arguments_blocks_and_references_are_used() -> None:
    assert uses(CONFIGURATION) == {
        Use("data", "aws_region", ""),
        Use("data", "aws_region", "region"),
        Use("resource", "aws_sqs_queue", ""),
        *(
            Use("resource", "aws_sqs_queue", name)
            for name in ("name", "policy", "tags", "timeouts", "timeouts.create", "rule", "rule.prefix", "url", "arn")
        ),
    }


def test_a_line_that_is_not_understood_is_not_passed_over() -> None:
    with pytest.raises(UnreadableError, match="line 2 without comments: 'name=1'"):
        uses('resource "aws_sqs_queue" "this" {\nname=1\n}\n')


@pytest.mark.parametrize(
    "reference",
    [
        "aws_x.y.nope",
        "aws_x.y[local.zones[0]].nope",
        'aws_x.y[var.names["a"][0]].nope[0].deep',
        "values(aws_x.y)[*].nope",
        "one(aws_x.y).nope",
        "one(values(aws_x.y)).nope",
        "element(aws_x.y, length(var.zones)).nope",
        '"a ${aws_x.y[each.key].nope} b"',
        "[for key, each_one in aws_x.y : each_one.nope]",
    ],
)
def test_however_an_attribute_is_reached_it_is_used(reference: str) -> None:
    assert uses(f"locals {{\n  a = {reference}\n}}\n") == {Use("resource", "aws_x", "nope")}


@pytest.mark.parametrize("reference", ["aws_x.y", "aws_x.y.*.nope", "merge(aws_x.y, {}).nope", "aws_x.y[0] == null"])
def test_a_reference_of_which_no_attribute_can_be_told_is_not_passed_over(reference: str) -> None:
    with pytest.raises(UnreadableError, match=r"line 3 without comments: no attribute can be told of aws_x\.y"):
        uses(f"locals {{\n  b = 1\n  a = {reference}\n}}\n")


def test_what_resources_and_blocks_are_made_for_is_used() -> None:
    assert uses(CHAINED) == {
        Use("resource", "aws_x", ""),
        *(Use("resource", "aws_x", name) for name in ("name", "rule", "rule.prefix")),
        Use("resource", "aws_y", "id"),
        Use("data", "aws_z", "nope"),
    }


def test_a_place_for_whole_resources_has_no_attributes() -> None:
    assert uses("moved {\n  from = aws_x.y[0]\n  to   = aws_x.z\n}\n") == set()
    assert uses("locals {\n  n = length(aws_x.y) + length(keys(aws_x.y))\n}\n") == set()


def test_names_in_the_typings_have_the_blocks_around_them() -> None:
    assert paths_of(TYPINGS, "resource", "aws_thing") == ["arn", "rule", "rule.prefix"]
    assert paths_of(TYPINGS, "data", "aws_thing") == []
