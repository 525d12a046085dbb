# What a developer types. Everything here also runs in CI (.ci/run).
GO ?= go
LINT = $(GO) -C tools tool -n golangci-lint
GENERATED = find templates -name '*_templ.go' | sort | xargs cat | sha256sum

.PHONY: run check test bench shots generate

run: ## serves the demo at http://127.0.0.1:7331 and reloads on change
	$(GO) tool templ generate --watch --proxy=http://localhost:8080 --cmd="$(GO) run ./cmd/zhaohui demo --public-url=http://127.0.0.1:7331"

generate: ## makes Go of the templates
	$(GO) tool templ generate

check: ## generated files, format, vet, lint, imports, content
	@before=$$($(GENERATED)); $(GO) tool templ generate >/dev/null 2>&1; after=$$($(GENERATED)); \
	if [ "$$before" != "$$after" ]; then echo "generated files were old: commit what 'make generate' makes" >&2; exit 1; fi
	@unformatted=$$(gofmt -l cmd content deploy internal static templates web); \
	if [ -n "$$unformatted" ]; then echo "gofmt: $$unformatted" >&2; exit 1; fi
	$(GO) vet ./...
	"$$($(LINT))" run ./...
	$(GO) test ./internal/arch
	$(GO) run ./cmd/zhaohui check

test: ## all tests, browser included; installs what they need
	@./deploy/test-tools.sh
	$(GO) test -race -shuffle=on -timeout=45m ./...

bench: ## measures speed and writes doc/performance.md
	@./deploy/test-tools.sh bench
	./deploy/bench.sh

shots: ## pictures of every page and state of the gallery into shots/
	@./deploy/test-tools.sh
	$(GO) run ./deploy/shots
