# The tools that "make demo" and the tests beyond Go's own need, at pinned versions.
KUSTOMIZE_VERSION     := 5.8.2
KUSTOMIZE_OLD_VERSION := 5.4.3
HELM_VERSION          := 3.15.4
HELM_NEW_VERSION      := 4.2.1
FLUX_BUILD_VERSION    := 1.41.0
GOLANGCI_LINT_VERSION := 2.15.0
KUBERNETES_VERSION    := 1.34.3
# A Helm 3 that is built from source has to be told which Kubernetes it renders for.
HELM_KUBE_MINOR       := 30

IMAGE   ?= proompteng/checksum-annotator:latest
FUZZ_TIME ?= 1m
BUILDS  ?= 10000
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)

TOOLS   := bin/tools/kustomize-$(KUSTOMIZE_VERSION) bin/tools/kustomize-$(KUSTOMIZE_OLD_VERSION) \
           bin/tools/helm-$(HELM_VERSION) bin/tools/helm-$(HELM_NEW_VERSION) \
           bin/tools/flux-build-$(FLUX_BUILD_VERSION)
LINT    := bin/tools/golangci-lint-$(GOLANGCI_LINT_VERSION)
# The programs of the end-to-end tests, at the versions in the go.mod files of .e2e/tools.
CONTROL_PLANE := kube-apiserver kube-controller-manager kube-scheduler kubectl
ARGOCD        := argocd-repo-server argocd-application-controller argocd-cmp-server

.PHONY: help build test oracle crds e2e e2e-tools lint demo bench fuzz image tools golden clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.* ## /\1\t/p' $(MAKEFILE_LIST)

build: ## build bin/checksum-annotator
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/checksum-annotator .

test: ## run the tests; those whose tools are missing say so (make tools)
	go test -timeout 40m ./...
	@for tool in $(TOOLS); do test -x $$tool || echo "not tested: $$tool is missing (make tools)"; done
	@for program in jq kpt kubectl docker pre-commit chromium; do command -v $$program >/dev/null || echo "not tested: $$program is missing"; done
	@docker image inspect $(IMAGE) >/dev/null 2>&1 || echo "not tested: the image $(IMAGE) is missing (make image)"

oracle: ## compare the function with kustomize on BUILDS random kustomizations
	cd examples && go test -run '^TestOracle$$' -count 1 -timeout 0 -builds $(BUILDS)

crds: ## check what the function makes of custom resources against their definitions (CRDs)
	cd .ci/crds && CRDS=$(abspath $(CRDS)) go test -count 1

e2e: e2e-tools ## run the tests on a real control plane and a real Argo CD
	cd .e2e && CRDS=$(abspath $(CRDS)) go test -count 1 -timeout 30m ./...

e2e-tools: bin/e2e/kube-apiserver bin/e2e/kwok bin/e2e/argocd bin/tools/kustomize-$(KUSTOMIZE_VERSION) ## build the programs that "make e2e" runs into bin/e2e
	@for program in redis-server git; do command -v $$program >/dev/null || { echo "error: $$program is missing" >&2; exit 1; }; done

lint: $(LINT) ## check format, vet and lint
	@test -z "$$(gofmt -l .)" || { gofmt -d .; exit 1; }
	go vet ./...
	$(LINT) run ./...
	cd .docker/canonical && go vet ./... && $(CURDIR)/$(LINT) run ./...
	cd .e2e && go vet ./... && $(CURDIR)/$(LINT) run ./...
	cd .ci/crds && go vet ./... && $(CURDIR)/$(LINT) run ./...
	cd examples/flux/build && go vet ./... && $(CURDIR)/$(LINT) run ./...

demo: build ## run examples/quickstart with kustomize, change its Secret, show what changes, and what the commands tell
	@.demo/run $(KUSTOMIZE_VERSION)

bench: ## measure time and memory beside a kyaml read-and-write of the same bytes
	go run ./fn/internal/bench
	go run ./fn/internal/bench -growth

fuzz: ## fuzz each target for FUZZ_TIME
	go test ./fn -run '^$$' -fuzz 'FuzzAnnotate$$' -fuzztime $(FUZZ_TIME) -fuzzminimizetime 20x
	go test ./fn -run '^$$' -fuzz 'FuzzAnnotateStream$$' -fuzztime $(FUZZ_TIME) -fuzzminimizetime 20x
	go test ./fn/manifest -run '^$$' -fuzz 'FuzzRead$$' -fuzztime $(FUZZ_TIME) -fuzzminimizetime 20x

image: ## build the container image IMAGE
	@.docker/build.sh $(IMAGE) "$(VERSION)" $(IMAGE_OPTIONS)

tools: $(TOOLS) $(LINT) ## install the tools of the tests into bin/tools

golden: ## write the expected outputs of tests and examples anew, for review
	go test ./fn ./examples -update

clean: ## remove what was built
	rm -rf bin

bin/tools/kustomize-%:
	GOBIN=$(CURDIR)/bin/tools/new go install sigs.k8s.io/kustomize/kustomize/v5@v$*
	mv bin/tools/new/kustomize $@

bin/tools/helm-4%:
	GOBIN=$(CURDIR)/bin/tools/new go install -ldflags "-X helm.sh/helm/v4/internal/version.version=v4$*" helm.sh/helm/v4/cmd/helm@v4$*
	mv bin/tools/new/helm $@

bin/tools/helm-3%:
	GOBIN=$(CURDIR)/bin/tools/new go install -ldflags "\
		-X helm.sh/helm/v3/internal/version.version=v3$* \
		-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=$(HELM_KUBE_MINOR) \
		-X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=$(HELM_KUBE_MINOR)" \
		helm.sh/helm/v3/cmd/helm@v3$*
	mv bin/tools/new/helm $@

# What Flux builds with, in a module of its own: it has many dependencies.
bin/tools/flux-build-%:
	cd examples/flux/build && CGO_ENABLED=0 go build -o $(CURDIR)/$@ .

bin/tools/golangci-lint-%:
	GOBIN=$(CURDIR)/bin/tools/new go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$*
	mv bin/tools/new/golangci-lint $@

bin/e2e/kube-apiserver: .e2e/tools/kubernetes/go.mod
	cd .e2e/tools/kubernetes && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o $(CURDIR)/bin/e2e/etcd go.etcd.io/etcd/server/v3
	cd .e2e/tools/kubernetes && CGO_ENABLED=0 go build -trimpath -o $(CURDIR)/bin/e2e/ -ldflags "-s -w \
		-X k8s.io/component-base/version.gitVersion=v$(KUBERNETES_VERSION) \
		-X k8s.io/component-base/version.gitMajor=$(word 1,$(subst ., ,$(KUBERNETES_VERSION))) \
		-X k8s.io/component-base/version.gitMinor=$(word 2,$(subst ., ,$(KUBERNETES_VERSION)))" \
		$(CONTROL_PLANE:%=k8s.io/kubernetes/cmd/%)

bin/e2e/kwok: .e2e/tools/kwok/go.mod
	mkdir -p bin/e2e
	cd .e2e/tools/kwok && stages=$$(go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize/stage && \
		for stage in $$stages/node/fast/node-*.yaml $$stages/pod/fast/pod-*.yaml; do cat $$stage; echo ---; done >$(CURDIR)/bin/e2e/stages.yaml
	cd .e2e/tools/kwok && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o $(CURDIR)/$@ sigs.k8s.io/kwok/cmd/kwok

bin/e2e/argocd: .e2e/tools/argocd/go.mod .e2e/tools/argocd/main.go
	mkdir -p bin/e2e
	cd .e2e/tools/argocd && install -m 644 \
		$$(go list -m -f '{{.Dir}}' github.com/argoproj/argo-cd/v3)/manifests/crds/app*-crd.yaml $(CURDIR)/bin/e2e
	for name in $(ARGOCD); do ln -sf argocd bin/e2e/$$name; done
	cd .e2e/tools/argocd && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o $(CURDIR)/$@ .
