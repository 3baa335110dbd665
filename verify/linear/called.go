package main

// called is a call with its answer.
type called struct {
	in  input
	out output
}

// looks reports whether the answer shows that the call changed nothing. For that to
// be right the session must have been as the answer says at some moment between
// begin and answer.
func (c called) looks() bool {
	switch c.out.outcome {
	case done:
		return c.in.kind == read
	case ended, unknown:
		return false
	}
	return true
}

// needs returns the version that the session must have for the call to be answered
// as it was; 0 if no one version.
func (c called) needs() int64 {
	switch version := c.out.shown.version; {
	case version == 0 || c.in.kind == create:
		return 0
	case c.looks() || c.in.deletes():
		return version
	default:
		return version - 1
	}
}

// missed reports whether a session that was as before and is as now can never again
// be as the call needs it. It saves the search of what cannot be.
func (c called) missed(before, now state) bool {
	needs := c.needs()
	return needs > 0 && before.live && endOf(needs) == endOf(before.version) && (!now.live || now.version > needs)
}
