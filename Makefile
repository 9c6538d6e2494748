# Souk. `make run` and `make test` work from a fresh machine with Swift; both call `make setup`.
.PHONY: setup run build test format record bench relevance deb tarball

build:
	swift build -c release --static-swift-stdlib --product souk

setup:
	scripts/setup

run: setup build
	scripts/run

# ONLY=ProxyTests (or ONLY=test_pages) runs one suite.
# SHOTS=1 takes pictures of every page that Chromium visits, into .build/screenshots.
# LONG=1 for a night: every reader of outside bytes is fuzzed for a minute, and the crash test runs two hundred rounds.
test:
	scripts/setup --tests
	LONG=$(LONG) ONLY=$(ONLY) SHOTS=$(SHOTS) scripts/test

format:
	swift format -i -r Sources Tests Package.swift

record:
	SOUK_RECORD=1 swift test --filter "ConversationTests|AuthorisationTests|ErrorDocumentTests"

# A package for Debian, and an archive for other systems, in .build/packages.
deb tarball: setup build
	scripts/package $@

bench: build
	scripts/setup --bench
	scripts/bench

# How good the search's answers are. ICECAT=folder adds the products and judgements of Icecat, which are not part of this repository.
relevance: setup build
	swift run -c release --static-swift-stdlib souk-search relevance "$(ICECAT)"
	ICECAT="$(ICECAT)" python3 Benchmarks/commerce.py relevance
