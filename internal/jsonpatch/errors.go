package jsonpatch

import (
	"fmt"

	"session-api"
)

// CodeInvalid is the code of a text that is JSON but no JSON Patch.
const CodeInvalid session.Code = "invalid_patch"

// invalid returns the Error for the operation at index, or for a member of it,
// which Error.Field names by its JSON Pointer into the patch.
func invalid(index int, member, why string) error {
	field := fmt.Sprintf("/%d", index)
	if member != "" {
		field += "/" + member
	}
	return &session.Error{Code: CodeInvalid, Message: fmt.Sprintf("Operation %d of the patch is none: %s", index, why), Field: field}
}

// failed returns the Error for the operation at index, which data does not take.
// It quotes neither the patch nor data: both may hold what only their owner knows.
func failed(index int, why string) error {
	return &session.Error{
		Code:    session.CodePatchFailed,
		Message: fmt.Sprintf("Operation %d of the patch does not fit data as it is: %s; nothing was changed", index, why),
		Field:   fmt.Sprintf("/%d", index),
	}
}

// errForeignData is for data that another writer stored: no patch has one meaning
// on a text in which a name stands twice (RFC 8259 section 4).
var errForeignData = &session.Error{
	Code: session.CodePatchFailed,
	Message: "Data as it is stored cannot be patched: it has a name twice, or text that is no valid UTF-8, " +
		"or is nested too deep; replace it whole",
}

// errTooMuch is for patches whose work no request should cost.
var errTooMuch = &session.Error{
	Code:    session.CodeTooLarge,
	Message: "The patch has too many operations, or too deep ones, for data of this size; send fewer, or replace data whole",
}

// errCopies is for patches that copy more than a session can hold.
var errCopies = &session.Error{
	Code:    session.CodeTooLarge,
	Message: fmt.Sprintf("A patch can copy at most %d bytes", session.MaxDataBytes),
}

// errTooDeep is for a result that no reader of JSON here would take back.
var errTooDeep = &session.Error{Code: session.CodePatchFailed, Message: "The patch nests values too deep; nothing was changed"}
