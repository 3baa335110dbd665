//go:build !unix

package auth

import (
	"io/fs"
	"os"
)

// giveAway does nothing: owners are not told by numbers here.
func giveAway(*os.File, fs.FileInfo) error { return nil }

// syncDir does nothing: a directory cannot be synced here.
func syncDir(string) error { return nil }
