# The image that the program is built in: any that has Go at /usr/local/go and the
# certificates of the module proxy. It needs no shell.
ARG BUILDER=golang:1.26

FROM ${BUILDER} AS build
ARG GOPROXY=""
ARG VERSION=""
ENV CGO_ENABLED=0 GOTOOLCHAIN=local GOPROXY=${GOPROXY} \
    GOFLAGS="-buildvcs=false -trimpath '-ldflags=-s -w -buildid= -X=main.version=${VERSION}'"
WORKDIR /src
COPY go.mod go.sum ./
RUN ["/usr/local/go/bin/go", "mod", "download"]
COPY main.go ./
COPY config config
COPY fn fn
RUN ["/usr/local/go/bin/go", "build", "-o", "/checksum-annotator", "."]

FROM scratch
ARG VERSION=""
LABEL org.opencontainers.image.title="checksum-annotator" \
      org.opencontainers.image.description="KRM function that annotates pod templates with checksums of the Secrets and ConfigMaps that they use" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/proompteng/checksum-annotator" \
      org.opencontainers.image.version="${VERSION}"
# kustomize and kpt run the container as "nobody", a name that Docker looks up here.
COPY .docker/passwd /etc/passwd
COPY --from=build /checksum-annotator /checksum-annotator
USER nobody
ENTRYPOINT ["/checksum-annotator"]
