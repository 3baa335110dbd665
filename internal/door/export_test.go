package door

// Waiting returns how many connections wait for a request or its body.
func (d *Door) Waiting() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		if c.waits.Load() > 0 {
			n++
		}
	}
	return n
}
