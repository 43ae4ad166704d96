# `make` lists the targets. Every target installs what it needs; only Python 3.11+ and Terraform have to be there.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SCENARIO ?= failover
PYTEST_ARGS ?=
# One more than the two cores that are asked for: Terraform and functions wait for much of their time.
WORKERS ?= 3
FAULTS_ARGS ?=
SOAK_ARGS ?=
MUTANTS_ARGS ?=
TRACES ?=
BENCH_ARGS ?=
EXAMPLES_ARGS ?=
# Tests that need DynamoDB Local say that they are not run where it can't be installed.
DYNAMODB_LOCAL := $(if $(shell command -v java),$(if $(shell command -v mvn),dynamodb-local))
# So do the checks that need the Terraform linters, which Go builds.
LINTERS := $(if $(shell command -v go),linters)
FAST_TESTS := $(wildcard tests/unit tests/benchmarks tests/scenarios tests/properties tests/handlers tests/spotctl)

export PYTHONPATH := lambda_src:.

##@ Everyday

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: venv terraform ## From terraform apply to a restored service, on this machine (SCENARIO=failover, interruption, failover-service or controlled-scaledown)
	@$(BIN)/python -m demo --scenario $(SCENARIO)

.PHONY: test
test: venv terraform $(DYNAMODB_LOCAL) ## All tests: Python and Terraform
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)
	@$(BIN)/python -m tools.terraform_test

.PHONY: test-fast
test-fast: venv ## The pure Python tests alone, under a minute
	@$(BIN)/python -m pytest -m 'not slow' $(FAST_TESTS) $(PYTEST_ARGS)

.PHONY: faults
faults: venv $(if $(findstring --deployed,$(FAULTS_ARGS)),terraform) ## Every fault at every AWS call that the functions make (FAULTS_ARGS=--deployed: of the zip, which takes many hours)
	@$(BIN)/python -m tests.faults $(FAULTS_ARGS)

.PHONY: release-state
release-state: venv terraform ## Record what upgrades from this version are measured by (at a release)
	@$(BIN)/python -m tests.upgrade

.PHONY: soak
soak: venv terraform ## A random month and day with faults, every event accounted for (SEED=n repeats one, SOAK_ARGS=...)
	@$(BIN)/python -m tests.soak $(SOAK_ARGS)

.PHONY: bench
bench: venv $(DYNAMODB_LOCAL) ## Every claim about speed and cost, measured: a table, build/bench/*.json and pictures (10 minutes)
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)
	@$(BIN)/python -m benchmarks.policy --processes 2

.PHONY: bench-policy
bench-policy: venv ## Failover and restore on real Spot history, against other policies (TRACES=folder: on yours)
	@$(BIN)/python -m benchmarks.policy $(if $(TRACES),--traces $(TRACES)) $(BENCH_ARGS)

.PHONY: permissions-full
permissions-full: venv terraform ## Take each deployed permission away in turn, and show what fails without it (about 10 minutes)
	@$(BIN)/python -m tests.permissions

.PHONY: examples
examples: venv terraform $(LINTERS) ## Every example checked, applied to a local AWS, planned again, destroyed without leftovers (up to 25 minutes; EXAMPLES_ARGS=name)
	@$(BIN)/python -m tools.examples $(EXAMPLES_ARGS)

.PHONY: mutants
mutants: venv ## Whether the unit tests notice each small change of the core (15 minutes, goes on where it stopped)
	@$(BIN)/python -m tools.mutants $(MUTANTS_ARGS)

.PHONY: oldest-engines
oldest-engines: venv engines ## The oldest Terraform and OpenTofu that are supported: validate all, apply and destroy one example
	@$(BIN)/python -m tools.engines

##@ Quality

.PHONY: lint
lint: lint-python check-tree package-check terraform-validate terraform-lint terraform-policy cloudformation-lint docs-check ## Every linter and check (make --keep-going lint: all, whatever fails)

.PHONY: lint-python
lint-python: venv ## ruff and mypy
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

.PHONY: check-tree
check-tree: venv ## Nothing unfinished, machine-bound or over-long is in the tree
	@$(BIN)/python -m tools.check_tree

.PHONY: fmt
fmt: venv terraform ## Format Python and Terraform, repair what linters can repair
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format
	@terraform fmt -recursive

.PHONY: terraform-validate
terraform-validate: venv terraform ## terraform fmt -check and validate for the root, every module and example
	@$(BIN)/python -m tools.terraform_validate

.PHONY: terraform-lint
terraform-lint: venv $(LINTERS) ## tflint with all its rules and those for AWS, on every module and example
	@$(BIN)/python -m tools.terraform_lint

.PHONY: terraform-policy
terraform-policy: venv checkov ## checkov on every module and example
	@$(BIN)/python -m tools.checkov.check

.PHONY: cloudformation-lint
cloudformation-lint: venv ## cfn-lint on the template for StackSets
	@$(BIN)/python -m tools.cloudformation_lint

.PHONY: docs
docs: venv terraform linters ## Write the tables of inputs, outputs and licences, and the template for StackSets, anew
	@$(BIN)/python -m tools.terraform_docs write
	@$(BIN)/python -m tools.stackset write
	@$(BIN)/python -m tools.licences write

.PHONY: licences
licences: venv checkov ## Write the tables of docs/dependencies.md anew, after pins have changed
	@$(BIN)/python -m tools.audit install
	@$(BIN)/python -m tools.licences write

.PHONY: docs-check
docs-check: venv terraform $(LINTERS) ## Fail if a table of inputs, outputs or licences, or the template for StackSets, is out of date
	@$(BIN)/python -m tools.terraform_docs check
	@$(BIN)/python -m tools.stackset check
	@$(BIN)/python -m tools.licences check

.PHONY: audit
audit: venv ## Look up known vulnerabilities of all that is pinned (pip-audit; needs network)
	@$(BIN)/python -m tools.audit

.PHONY: provider-names
provider-names: venv ## List anew what version 6 of the AWS provider has of the types that are used (needs npm)
	@$(BIN)/python -m tools.provider_names

##@ Packaging

.PHONY: package
package: venv ## Build lambda_src/dist/spot_failover.zip, the same bytes on any machine
	@$(BIN)/python -m tools.package build

.PHONY: package-check
package-check: venv ## Fail if the committed zip is not what the sources give
	@$(BIN)/python -m tools.package check

.PHONY: requirements
requirements: ## Pin the dependencies anew, with hashes (needs uv)
	@command -v uv > /dev/null || { echo "uv is not on the PATH. Install it, for example with pip install uv." >&2; exit 1; }
	@for name in lambda dev checkov audit; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--custom-compile-command 'make requirements' requirements/$$name.in --output-file requirements/$$name.txt; \
	done

##@ Set-up

.PHONY: venv
venv: $(STAMP) ## Make .venv with everything pinned, again whenever the pins change

$(STAMP): requirements/dev.txt tools/find_python.sh
	@python="$$(bash tools/find_python.sh)"; \
	echo "Installing requirements/dev.txt into $(VENV) ($$("$$python" --version), about a minute) ..."; \
	rm -rf $(VENV); \
	"$$python" -m venv $(VENV); \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	@touch $@

.PHONY: terraform
terraform:
	@command -v terraform > /dev/null || { echo "terraform is not on the PATH. Install Terraform 1.9 or newer." >&2; exit 1; }

.PHONY: dynamodb-local
dynamodb-local: venv ## Put Amazon's DynamoDB Local into .cache (needs a JDK and Maven), for the state table's tests
	@$(BIN)/python -m tools.dynamodb_local.install

.PHONY: linters
linters: venv ## Build terraform-docs and tflint into .cache (needs Go)
	@$(BIN)/python -m tools.linters.install

.PHONY: engines
engines: venv ## Build the oldest Terraform and OpenTofu that are supported into .cache (needs Go; 5 to 15 minutes, once)
	@$(BIN)/python -m tools.engines.install

.PHONY: checkov
checkov: venv ## Put checkov into .cache
	@$(BIN)/python -m tools.checkov.install

.PHONY: clean
clean: ## Remove everything that is generated, .venv included
	@rm -rf $(VENV) .cache .hypothesis .ruff_cache .mypy_cache .pytest_cache build
	@find . -name .git -prune -o \( -name __pycache__ -o -name .terraform \) -type d -prune -exec rm -rf {} +
	@find . -name .git -prune -o -name .terraform.lock.hcl -type f -exec rm -f {} +
