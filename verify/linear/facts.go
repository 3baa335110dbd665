package main

// facts are what the answers of a history tell together of the versions of its
// sessions. No version is there twice, so they hold at all times, and porcupine need
// not find out late that an order goes against them.
type facts struct {
	// maker is the call that made a version, where it is known.
	maker map[int64]rune
	// data is what a version held.
	data map[int64]data
	// last is the latest version of a session that was told of, by endOf.
	last map[int64]int64
}

func factsOf(all []called) facts {
	f := facts{maker: map[int64]rune{}, data: map[int64]data{}, last: map[int64]int64{}}
	for i, c := range all {
		told := c.out.shown
		if told.version > 0 {
			f.last[endOf(told.version)] = max(f.last[endOf(told.version)], told.version)
		}
		if told.live {
			f.data[told.version] = told.data
		}
		if told.live && !c.looks() && !c.in.deletes() {
			f.maker[told.version] = rune(i)
		}
	}
	return f
}

// forbid reports whether the call with this number cannot have changed the session
// in this way.
func (f facts) forbid(number rune, before, after state) bool {
	if !after.live {
		return before.live && f.last[endOf(before.version)] > before.version
	}
	maker, known := f.maker[after.version]
	held, told := f.data[after.version]
	return known && maker != number || told && held != after.data
}
