package config

import "bytes"

// SaltOf returns the salt that a file holds: its content without the line end at its end,
// which editors and echo write.
func SaltOf(file []byte) string {
	file = bytes.TrimSuffix(file, []byte("\n"))
	return string(bytes.TrimSuffix(file, []byte("\r")))
}
