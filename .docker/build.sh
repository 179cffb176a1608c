#!/bin/sh
# Builds the function's image. Where the builder image can neither be found nor
# pulled, one is made out of this machine's Go.
# Usage: build.sh IMAGE VERSION
set -eu
cd "$(dirname "$0")/.."
builder=$(sed -n 's/^ARG BUILDER=//p' Dockerfile)
if ! docker image inspect "$builder" >/dev/null 2>&1 && ! docker pull --quiet "$builder" 2>/dev/null; then
    echo "cannot pull $builder: building with $(go version)"
    builder=checksum-annotator-builder:$(go env GOVERSION)
    docker image inspect "$builder" >/dev/null 2>&1 || .docker/builder.sh "$builder"
fi
docker build --quiet --network host --build-arg BUILDER="$builder" --build-arg VERSION="$2" \
    --build-arg GOPROXY="$(go env GOPROXY 2>/dev/null || true)" --tag "$1" .
