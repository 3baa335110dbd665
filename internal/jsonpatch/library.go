package jsonpatch

import (
	"errors"
	"sort"

	library "github.com/evanphx/json-patch/v5"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"session-api"
)

// edits is a run of operations that the library applies.
type edits struct {
	first int // the index of the first one in the patch
	patch library.Patch
	size  int // the bytes of their text
	depth int // the most containers that one of them leads through
}

func newEdits(run []operation, first int) (edits, error) {
	all := make([]map[string]any, len(run))
	for i, o := range run {
		all[i] = map[string]any{"op": o.op, "path": o.path.String()}
		switch members[o.op] {
		case "from":
			all[i]["from"] = o.from.String()
		case "value":
			all[i]["value"] = o.value
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return edits{}, err
	}
	e := edits{first: first, size: len(text)}
	for _, o := range run {
		e.depth = max(e.depth, len(o.path), len(o.from))
	}
	e.patch, err = library.DecodePatch(text)
	return e, err
}

// parseWork is what the library's reading of a byte costs.
const parseWork = 16

// work counts what grows beyond all bounds elsewhere: the library reads a container
// whole when it enters it, so what is deep down is read once for each level; and it
// copies a list for each insertion, also one that the run made so long itself.
func (e edits) work(doc []byte) int {
	n := len(e.patch)
	return (len(doc)+e.size)*e.depth*parseWork + n*(len(doc)+4*n)
}

func (e edits) apply(doc []byte) ([]byte, error) {
	changed, err := apply(e.patch, doc)
	var copies *library.AccumulatedCopySizeError
	switch {
	case err == nil && !jsontext.Value(changed).IsValid():
		// What comes out of the library is stored and sent as it is, so it is looked
		// at. Patches can put values into each other until no reader goes so deep.
		return nil, errTooDeep
	case err == nil:
		return changed, nil
	case errors.As(err, &copies):
		return nil, errCopies
	}
	// It does not tell which one failed: the last of the shortest run that does.
	at := sort.Search(len(e.patch)-1, func(i int) bool {
		_, err := apply(e.patch[:i+1], doc)
		return err != nil
	})
	return nil, failed(e.first+at, "what it names is not there")
}

func apply(patch library.Patch, doc []byte) ([]byte, error) {
	return patch.ApplyWithOptions(doc, &library.ApplyOptions{
		// RFC 6901 section 4 has no negative places, which are veiled besides; RFC 6902
		// section 4.1 makes no parents, and 4.2 has no "remove" of nothing.
		SupportNegativeIndices:   false,
		EnsurePathExistsOnAdd:    false,
		AllowMissingPathOnRemove: false,
		// Each "copy" doubles what it names: twenty of them would make a megabyte of
		// one byte.
		AccumulatedCopySizeLimit: session.MaxDataBytes,
		// Text stays as it is: this is no HTML.
		EscapeHTML: false,
	})
}
