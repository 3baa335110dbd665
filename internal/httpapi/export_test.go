package httpapi

// ParseBody lets the fuzz test reach the door without a request around it.
func ParseBody(text []byte) (userID, data []byte, err error) {
	b, err := parseBody(text, []string{"userId", "data"})
	return b.userID, b.data, err
}
