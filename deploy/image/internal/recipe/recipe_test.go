package recipe

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func dockerfile(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheDockerfileIsUnderstood(t *testing.T) {
	t.Parallel()
	r, err := Read(strings.NewReader(dockerfile(t)), Args{Arch: "arm64", Version: "v1.2.3", Commit: "abc"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64"}; !slices.Equal(r.Compile.Env, want) {
		t.Errorf("the compiler is told %q", r.Compile.Env)
	}
	if want := []string{
		"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -X main.version=v1.2.3 -X main.commit=abc", "./cmd/session-api",
	}; !slices.Equal(r.Compile.Args, want) {
		t.Errorf("the compiler is called with %q", r.Compile.Args)
	}
	if r.Binary != "/session-api" || r.Certificates != "/etc/ssl/certs/ca-certificates.crt" {
		t.Errorf("the files are %s and %s", r.Binary, r.Certificates)
	}
}

func TestWhatIsNotGivenIsTheDockerfilesDefault(t *testing.T) {
	t.Parallel()
	text := strings.Replace(dockerfile(t), "ARG VERSION=v1.0.0", "ARG VERSION=v3.2.1", 1)
	r, err := Read(strings.NewReader(text), Args{Arch: "amd64"})
	if err != nil {
		t.Fatal(err)
	}
	if r.Version != "v3.2.1" || r.Config.Labels["org.opencontainers.image.version"] != "v3.2.1" ||
		r.Config.Labels["org.opencontainers.image.revision"] != "unknown" {
		t.Errorf("the version is %s, the labels are %v", r.Version, r.Config.Labels)
	}
}

func TestTheReleaseOfGoIsThatOfTheBase(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"golang:9.8.7-bookworm", "golang:9.8.7-trixie@sha256:" + strings.Repeat("0a", 32)} {
		text := strings.Replace(dockerfile(t), "GO_IMAGE=golang:1.26.8-bookworm\n", "GO_IMAGE="+name+"\n", 1)
		r, err := Read(strings.NewReader(text), Args{Arch: "amd64"})
		if err != nil || r.GoRelease != "9.8.7" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// Each of these would make the engine build another image than we do.
func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new, says string }{
		{"no Dockerfile", "FROM scratch", "FRUM scratch", "unknown instruction"},
		{"a third stage", "FROM scratch", "FROM scratch\nFROM scratch", "there are 3 stages"},
		{"one stage", "FROM scratch", "# ", "there are 1 stages"},
		{"a base without a whole release", "golang:1.26.8-bookworm\n", "golang:1.26\n", "it must name a whole release"},
		{"an image that is not from scratch", "FROM scratch", "FROM debian", "made from debian"},
		{"a variable for the compiler that is not seen", "WORKDIR /src", "ENV GOFLAGS=-tags=other", "not known in the stage that builds"},
		{"another command", "RUN --mount", "RUN apt-get update\nRUN --mount", "only the Go command"},
		{"two commands in one", "-o /rootfs/session-api ./cmd/session-api", "-o /rootfs/session-api ./cmd/session-api && true", "one command is known"},
		{"an unknown call of Go", "./cacerts", "./other", "call of the Go command is not known"},
		{"a build that says no file", "-o /rootfs/session-api ", "", "it must say -o"},
		{"a file that is not copied", "-o /rootfs/session-api", "-o /session-api", "/session-api is not below"},
		{"certificates that are not copied", "/rootfs/etc", "/etc", "/etc/ssl/certs/ca-certificates.crt is not below"},
		{"one architecture for all", "GOARCH=$TARGETARCH", "GOARCH=amd64", "GOARCH=amd64, want GOARCH=arm64"},
		{"an architecture that is not declared", "ARG TARGETARCH\n", "", "GOARCH=, want GOARCH=arm64"},
		{"another copy", "COPY --from=build /rootfs/ /", "COPY --from=build /rootfs/ /\nCOPY go.mod /", "COPY go.mod /: want"},
		{"no copy", "COPY --from=build /rootfs/ /", "", "0 COPY instructions"},
		{"a copy with an owner", "COPY --from=build /rootfs/ /", "COPY --from=build --chown=7 /rootfs/ /", "--chown=7 /rootfs/ /: want"},
		{"a copy from elsewhere", "COPY --from=build /rootfs/ /", "COPY --from=other /rootfs/ /", "--from=other /rootfs/ /: want"},
		{"an entrypoint of a shell", `ENTRYPOINT ["/session-api"]`, "ENTRYPOINT /session-api", "there is no shell"},
		{"another entrypoint", `ENTRYPOINT ["/session-api"]`, `ENTRYPOINT ["/bin/sh"]`, "/bin/sh"},
		{"no entrypoint", `ENTRYPOINT ["/session-api"]`, "", "the entrypoint is []"},
		{"an unknown instruction", "USER 65532", "STOPSIGNAL SIGQUIT\nUSER 65532", "STOPSIGNAL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := dockerfile(t)
			if !strings.Contains(text, test.old) {
				t.Fatalf("%q is not in the Dockerfile", test.old)
			}
			r, err := Read(strings.NewReader(strings.Replace(text, test.old, test.new, 1)), Args{Arch: "arm64"})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("it is understood as %+v, error %v", r, err)
			}
		})
	}
}
