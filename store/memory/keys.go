package memory

import (
	"slices"

	"session-api"
)

// keys is a set of texts in byte order. The order is what lets a list go on
// after any position, whatever was added and removed since.
type keys []string

// with returns the set with key in it.
func (k keys) with(key string) keys {
	at, found := slices.BinarySearch(k, key)
	if found {
		return k
	}
	return slices.Insert(k, at, key)
}

// without returns the set with key taken out.
func (k keys) without(key string) keys {
	at, found := slices.BinarySearch(k, key)
	if !found {
		return k
	}
	return slices.Delete(k, at, at+1)
}

// after returns the keys that come after key; all of them after "".
func (k keys) after(key string) keys {
	at, found := slices.BinarySearch(k, key)
	if found {
		at++
	}
	return k[at:]
}

// before returns the keys that come before key, the last one first; all of them
// before "".
func (k keys) before(key string) keys {
	end, _ := slices.BinarySearch(k, key)
	if key == "" {
		end = len(k)
	}
	turned := slices.Clone(k[:end])
	slices.Reverse(turned)
	return turned
}

// timeLayout has a fixed width, so that in byte order earlier times come first
// and what follows the time in a key is easy to find.
const timeLayout = "2006-01-02T15:04:05.000000"

// userKey returns the place of s among its user's sessions: by CreatedAt, then
// by id.
func userKey(s *session.Session) string { return s.CreatedAt.UTC().Format(timeLayout) + s.ID }

// userKeyID returns the id in a userKey.
func userKeyID(key string) string { return key[len(timeLayout):] }
