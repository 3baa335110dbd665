package contract

import "fmt"

// faults are sentences about what is wrong with the document or the service.
type faults []string

func (f *faults) addf(format string, values ...any) {
	*f = append(*f, fmt.Sprintf(format, values...))
}
