package ratelimit

// Remembered returns how many callers l remembers.
func (l *Limiter) Remembered() int { return l.callers.size() + l.failures.size() }
