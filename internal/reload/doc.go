// Package reload owns files that a running program reads anew when they change:
// keys, mappings, certificates. It owns when they are read and what happens to a
// text that cannot be used; what a text means is its caller's.
//
// Contents are compared, not times: what Kubernetes mounts from a Secret is a link
// to a link, swapped under the same name, and a copy may keep the time of its
// source.
package reload
