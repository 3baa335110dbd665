package recipe

import (
	"errors"
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// readImage reads the stage that is the image.
func (r *Recipe) readImage(stage instructions.Stage, defaults scope) error {
	if stage.BaseName != "scratch" {
		return fmt.Errorf("the image is made from %s, want scratch", stage.BaseName)
	}
	declared, copies := scope{}, 0
	r.Config.Labels = map[string]string{}
	for _, c := range stage.Commands {
		var err error
		switch c := c.(type) {
		case *instructions.ArgCommand:
			err = declared.declare(c, defaults)
		case *instructions.CopyCommand:
			copies++
			err = checkCopy(c)
		default:
			err = r.configure(c, declared)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	if copies != 1 {
		return fmt.Errorf("the image has %d COPY instructions, want one", copies)
	}
	return nil
}

// checkCopy returns an error unless c copies what the build stage gathered, as it is.
func checkCopy(c *instructions.CopyCommand) error {
	plain := c.Chown == "" && c.Chmod == "" && !c.Parents && len(c.ExcludePatterns) == 0
	if c.From != "build" || len(c.SourcePaths) != 1 || c.SourcePaths[0] != rootfs || c.DestPath != "/" || !plain {
		return fmt.Errorf("want COPY --from=build %s /", rootfs)
	}
	return nil
}

// configure does an instruction that adds no file.
func (r *Recipe) configure(c instructions.Command, declared scope) error {
	if e, ok := c.(instructions.SupportsSingleWordExpansion); ok {
		if err := e.Expand(declared.expand); err != nil {
			return err
		}
	}
	switch c := c.(type) {
	case *instructions.LabelCommand:
		for _, l := range c.Labels {
			r.Config.Labels[l.Key] = l.Value
		}
	case *instructions.EnvCommand:
		for _, e := range c.Env {
			r.Config.Env = append(r.Config.Env, e.Key+"="+e.Value)
		}
	case *instructions.WorkdirCommand:
		r.Config.WorkingDir = c.Path
	case *instructions.UserCommand:
		r.Config.User = c.User
	case *instructions.ExposeCommand:
		r.Config.ExposedPorts = ports(c.Ports)
	case *instructions.HealthCheckCommand:
		r.Config.Healthcheck = &v1.HealthConfig{
			Test: c.Health.Test, Interval: c.Health.Interval, Timeout: c.Health.Timeout,
			StartPeriod: c.Health.StartPeriod, Retries: c.Health.Retries,
		}
	case *instructions.EntrypointCommand:
		if c.PrependShell {
			return errors.New("there is no shell in the image; want a list in brackets")
		}
		r.Config.Entrypoint = c.CmdLine
	default:
		return errors.New("this instruction is not known in the image")
	}
	return nil
}

// ports are the exposed ports as a configuration holds them: with their protocol.
func ports(given []string) map[string]struct{} {
	exposed := map[string]struct{}{}
	for _, p := range given {
		if !strings.Contains(p, "/") {
			p += "/tcp"
		}
		exposed[p] = struct{}{}
	}
	return exposed
}
