// Package jsonpatch makes of a session's data what a patch of a standard format
// says: a JSON Merge Patch (RFC 7396) or a JSON Patch (RFC 6902). It owns what the
// two mean. That a body is JSON of the strict kind is checked before it comes here;
// reading, trying again and writing are the Service's.
//
// Both work on text, so that numbers keep every digit and objects their order, and
// what a patch does not touch stays as it was.
//
// A merge is ours from end to end. A JSON Patch is applied by
// github.com/evanphx/json-patch/v5, which edits text too. Where that library parts
// from the RFCs, this package does not let it come to that:
//
//   - its "test" takes null for a member that is not there, panics on null in a
//     list and tells 1 from 1.0: tests are ours (compare.go);
//   - the empty path reaches objects and lists only, or names a member "": the
//     document is wrapped into an object and every path begins with that member
//     (library.go);
//   - the empty name means the object itself, and 01, +1 and -0 are taken for
//     places in a list: such names are veiled (veil.go);
//   - a path without its first "/", "~2" and a move of a value into itself pass:
//     they are refused as the patch is read (pointer.go, operation.go);
//   - it does not say which operation failed: that is found out (library.go);
//   - a small patch can cost it minutes: work is counted beforehand (patch.go).
package jsonpatch
