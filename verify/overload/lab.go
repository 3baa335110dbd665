package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"session-api/verify/program"
)

// lab is what all cases need: the built program, and a place for files.
type lab struct {
	dir    string
	binary string
}

func newLab(ctx context.Context) (*lab, error) {
	dir, err := os.MkdirTemp("", "overload-")
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir}
	if l.binary, err = program.Build(ctx, dir); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *lab) close() { _ = os.RemoveAll(l.dir) }

// rig is a running service and what is behind it.
type rig struct {
	urls    []string // of sessions
	service *program.Process
	table   *exec.Cmd
	end     io.Closer // ends the table
}

// start starts the service of c with this limit of requests in flight.
func (l *lab) start(ctx context.Context, c setup, limit string) (r *rig, err error) {
	r = &rig{}
	defer func() {
		if err != nil {
			_ = r.close()
		}
	}()
	variables := []string{"MAX_INFLIGHT=" + limit}
	if c.processors > 0 {
		variables = append(variables, "GOMAXPROCS="+strconv.Itoa(c.processors))
	}
	if c.takes > 0 {
		endpoint, err := r.startTable(c)
		if err != nil {
			return r, err
		}
		variables = append(variables, "SESSION_STORE=dynamodb", "AWS_ENDPOINT_URL_DYNAMODB=http://"+endpoint,
			"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
			"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
	} else {
		variables = append(variables, "DATA_DIR="+filepath.Join(l.dir, "data"))
	}
	if r.service, err = program.Start(ctx, l.binary, variables, nil); err != nil {
		return r, err
	}
	r.urls, err = r.sessions(c)
	return r, err
}

// startTable starts the table of c and returns its address.
func (r *rig) startTable(c setup) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	r.table = exec.Command(self, tableCommand, strconv.Itoa(c.atOnce), c.takes.String())
	r.table.Stderr = os.Stderr
	if r.end, err = r.table.StdinPipe(); err != nil {
		return "", err
	}
	out, err := r.table.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := r.table.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	return strings.TrimSpace(line), err
}

// sessionsOfTable are so many that no two requests under way ask for the same: the
// service would read it once for both, and the table would not be what is short.
const sessionsOfTable = 10_000

// sessions returns the addresses of sessions. A table has every one; of those on disk
// one is as good as many.
func (r *rig) sessions(c setup) (urls []string, err error) {
	sessions := "http://" + r.service.Addr + "/sessions"
	if c.takes > 0 {
		for range sessionsOfTable {
			urls = append(urls, sessions+"/session-ada-"+rand.Text())
		}
		return urls, nil
	}
	response, err := http.Post(sessions, "application/json", bytes.NewReader([]byte(`{"userId":"ada","data":{"theme":"dark"}}`)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	var made struct{ SessionID string }
	if err := json.NewDecoder(response.Body).Decode(&made); err != nil || made.SessionID == "" {
		return nil, fmt.Errorf("no session was made: %s, %w", response.Status, err)
	}
	return []string{sessions + "/" + made.SessionID}, nil
}

// close ends both. The error is what the service must not say.
func (r *rig) close() (err error) {
	if r.service != nil {
		err = r.service.Stop()
	}
	if r.table != nil && r.table.Process != nil {
		_ = r.end.Close()
		_ = r.table.Wait()
	}
	return err
}
