#!/bin/sh
# Builds the function's image. Where the builder image can neither be found nor
# pulled, one is made out of this machine's Go. Equal source gives an image of equal
# digest. Usage: build.sh IMAGE VERSION [OPTION OF DOCKER BUILD ...]
set -eu
cd "$(dirname "$0")/.."
builder=$(sed -n 's/^ARG BUILDER=//p' Dockerfile)
if ! docker image inspect "$builder" >/dev/null 2>&1 && ! docker pull --quiet "$builder" 2>/dev/null; then
    echo "cannot pull $builder: building with $(go version)"
    builder=checksum-annotator-builder:$(go env GOVERSION)
    docker image inspect "$builder" >/dev/null 2>&1 || .docker/builder.sh "$builder"
fi
image=$1 version=$2
shift 2
chmod 644 .docker/passwd # whatever the umask of the checkout was
built=$(docker build --quiet --network host --build-arg BUILDER="$builder" --build-arg VERSION="$version" \
    --build-arg GOPROXY="$(go env GOPROXY 2>/dev/null || true)" "$@" .)
docker save "$built" | go run -C .docker/canonical . "$image" | docker load --quiet
docker image inspect --format '{{.Id}}' "$image"
