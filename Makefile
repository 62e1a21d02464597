# Every task of the project. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
DESTDIR ?=
CONFIGURATION ?= Release

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
# Build processes end with the build.
export DOTNET_CLI_USE_MSBUILD_SERVER := 0
export MSBUILDDISABLENODEREUSE := 1

UNIT := SharpRun.Tests SharpRun.Spec.Tests SharpRun.Linux.Tests SharpRun.Analyzers.Tests
SOURCES := $(shell find src Directory.Build.props Directory.Packages.props global.json -name obj -prune -o -name bin -prune -o -type f -print)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' Makefile

.PHONY: deps
deps: ## install what build and tests need (Debian packages; says what and why)
	@eng/deps.sh

.PHONY: build
build: ## compile everything, warnings are errors
	dotnet build SharpRun.sln --configuration $(CONFIGURATION) --nologo -v quiet

.PHONY: publish
publish: artifacts/sharprun ## build the static binary artifacts/sharprun and check it with the gates

artifacts/sharprun: $(SOURCES) eng/publish.sh eng/nogc-gate.sh eng/elf-gate.sh
	@eng/publish.sh

.PHONY: install
install: artifacts/sharprun ## install binary, manual page and completions under PREFIX (/usr/local); honours DESTDIR
	install -D -m 0755 artifacts/sharprun "$(DESTDIR)$(PREFIX)/bin/sharprun"
	install -D -m 0644 docs/sharprun.8 "$(DESTDIR)$(PREFIX)/share/man/man8/sharprun.8"
	install -D -m 0644 docs/completions/sharprun.bash "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/sharprun"
	install -D -m 0644 docs/completions/_sharprun "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_sharprun"
	install -D -m 0644 docs/completions/sharprun.fish "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/sharprun.fish"

.PHONY: demo
demo: deps publish ## run a busybox container and show what it sees
	@eng/demo.sh

.PHONY: test
test: deps ## run every test tier and print one summary
	@eng/test.sh gate unit integration vm systemd engines stress

.PHONY: unit
unit: ## run the unit tests (no root needed)
	@eng/test.sh unit

.PHONY: integration
integration: ## run the integration tests on this machine's kernel (root)
	@eng/test.sh integration

.PHONY: vm
vm: ## run the integration tests in a throw-away guest with all cgroup v2 controllers
	@eng/test.sh vm

.PHONY: systemd
systemd: ## run the tests of the systemd driver in a throw-away guest with systemd
	@eng/test.sh systemd

.PHONY: engines
engines: ## run containers with containerd, podman and docker (root)
	@eng/test.sh engines

.PHONY: stress
stress: ## launch thousands of processes beside a busy garbage collector
	@eng/test.sh stress

.PHONY: conformance
conformance: artifacts/sharprun ## run the conformance cases (RUNTIME=path; default: sharprun, runc and crun) and write the report
	@conformance/run.sh $(RUNTIME)

.PHONY: conformance-mutants
conformance-mutants: artifacts/sharprun ## check that the conformance cases notice planted faults
	@conformance/mutants.sh

.PHONY: runtime-tools
runtime-tools: artifacts/sharprun ## compare with runc and crun by a built checkout of OCI runtime-tools (RUNTIME_TOOLS=path)
	@conformance/runtime-tools.sh "$(RUNTIME_TOOLS)"

.PHONY: gate
gate: artifacts/sharprun ## check the published binary again: no-GC child, ELF hardening, size
	eng/nogc-gate.sh artifacts/unstripped/sharprun
	eng/elf-gate.sh artifacts/sharprun

.PHONY: gate-test
gate-test: ## check that the gates notice planted faults
	@eng/test.sh gate

.PHONY: file-size
file-size: ## check the length and the names of source files
	@eng/file-size.sh

.PHONY: lint
lint: file-size ## check shell scripts and source files (the build checks the style of C#)
	shellcheck --external-sources .ci/run $$(git ls-files --cached --others --exclude-standard '*.sh') eng/engines/cri eng/vm/init eng/vm/agent eng/vm/systemd/etc/start-agent examples/pod/pause

.PHONY: golden
golden: ## accept the printed plans and documents of this build as the new snapshots
	find tests -path '*/__snapshots__/*.snap' -delete
	SNAPSHOOTER_STRICT_MODE=false eng/test.sh unit
	git status --short tests

.PHONY: docs
docs: ## write docs/cli.md, docs/mount-options.md, the manual page and the shell completions from the table of commands
	dotnet run --project eng/SharpRun.Docs --configuration $(CONFIGURATION) -- .

.PHONY: bench
bench: publish ## compare with crun and runc; append to docs/bench-results.md
	@eng/bench.sh

.PHONY: size
size: artifacts/sharprun ## print the size of the binary
	@stat --format '%n %s bytes' artifacts/sharprun

.PHONY: clean
clean: ## remove what was built, and the cached guest, engines and peers
	find src tests eng conformance -type d \( -name bin -o -name obj -o -name TestResults \) -prune -exec rm -rf {} +
	rm -rf artifacts .cache
