# The image of session-api: one static binary and the CA certificates by which it
# trusts AWS. No shell, no libc, no package manager: nothing to patch but Go.
#
#   docker build -t session-api:v1.0.0 .
#
# deploy/image reads this file and makes the same image without an engine. It knows
# the instructions that stand here and refuses others, so the two cannot part ways.
# docs/image.md has the rest.

# The exact release of Go and of Debian. A digest would pin the bytes too, and a
# release should: --build-arg GO_IMAGE=golang:1.26.8-bookworm@sha256:... with the
# digest that the registry names. It is not written here because nobody has pulled
# it for this file. What a base could do to the result shows all the same: the
# binary is reproducible, and deploy/image builds it without this base.
ARG GO_IMAGE=golang:1.26.8-bookworm
# The release that this tree is, or leads to; release builds pass their own.
ARG VERSION=v1.0.0
ARG COMMIT=unknown

# The compiler runs on the building machine's own architecture and compiles for the
# target's: no emulation.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
ARG TARGETARCH
ARG VERSION
ARG COMMIT
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=linux GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags="-s -w -X main.version=$VERSION -X main.commit=$COMMIT" \
    -o /rootfs/session-api ./cmd/session-api
# From a Go module that go.sum pins, not from the base, whose certificates are those
# of the day on which somebody built it. With the flags from above, packages that were
# compiled there are not compiled again.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go run -C deploy/image -trimpath ./cacerts /rootfs/etc/ssl/certs/ca-certificates.crt

FROM scratch
ARG VERSION
ARG COMMIT
LABEL org.opencontainers.image.title="session-api" \
      org.opencontainers.image.description="A session store over REST" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"
COPY --from=build /rootfs/ /
# A container has no disk of its own that outlives it, so sessions go to DynamoDB
# unless somebody says otherwise. Without HOST the server would hear itself only.
ENV SESSION_STORE=dynamodb HOST=0.0.0.0
WORKDIR /
# A number, because Kubernetes cannot tell from a name that it is not root.
USER 65532:65532
EXPOSE 8080
# The binary gives up after 2 s by itself, and says why.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/session-api", "healthcheck"]
ENTRYPOINT ["/session-api"]
