package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// EpochVariable sets the time of everything in the image, in seconds since 1970
// (reproducible-builds.org, SOURCE_DATE_EPOCH).
const EpochVariable = "SOURCE_DATE_EPOCH"

// Origin says which source a build is of.
type Origin struct {
	// Commit is the commit's hash, with "+dirty" if the tree holds more than it.
	Commit string
	// Time is that of EpochVariable or else of the commit.
	Time time.Time
}

// OriginOf asks the environment and git about the source tree at root. A commit that
// is given is taken as it is; git is asked for what is left open.
func OriginOf(ctx context.Context, root, commit string) (Origin, error) {
	origin := Origin{Commit: commit}
	seconds := os.Getenv(EpochVariable)
	if commit == "" {
		hash, err := git(ctx, root, "rev-parse", "HEAD")
		if err != nil {
			return Origin{}, fmt.Errorf("the commit is not known, give -commit: %w", err)
		}
		changes, err := git(ctx, root, "status", "--porcelain")
		if err != nil {
			return Origin{}, err
		}
		origin.Commit = hash
		if changes != "" {
			origin.Commit += "+dirty"
		}
	}
	if seconds == "" {
		said, err := git(ctx, root, "log", "-1", "--format=%ct")
		if err != nil {
			return Origin{}, fmt.Errorf("the time of the commit is not known, set %s: %w", EpochVariable, err)
		}
		seconds = said
	}
	since1970, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return Origin{}, fmt.Errorf("%s must be whole seconds since 1970; it is %q", EpochVariable, seconds)
	}
	origin.Time = time.Unix(since1970, 0).UTC()
	return origin, nil
}

func git(ctx context.Context, root string, args ...string) (string, error) {
	// #nosec G204 -- the arguments are those of this file, and the root of the repository
	said, err := exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(said)), nil
}
