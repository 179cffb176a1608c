package files

import (
	"bytes"
	"io"

	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A Stream is outputs that are written as one stream of documents.
type Stream []*manifest.Output

// WriteTo writes the outputs with a line "---" between two of them, if the second does
// not begin with one.
func (s Stream) WriteTo(w io.Writer) (written int64, err error) {
	if len(s) == 1 {
		return s[0].WriteTo(w)
	}
	var before []byte
	for i, output := range s {
		text := output.Bytes()
		parts := [][]byte{text}
		if i > 0 {
			parts = [][]byte{border(before, text), text}
		}
		for _, part := range parts {
			n, err := w.Write(part)
			written += int64(n)
			if err != nil {
				return written, err
			}
		}
		before = text
	}
	return written, nil
}

// border returns what has to stand between two texts that follow each other.
func border(before, after []byte) []byte {
	var border []byte
	if len(before) > 0 && !bytes.HasSuffix(before, []byte("\n")) {
		border = append(border, '\n')
	}
	if !bytes.HasPrefix(after, []byte("---")) {
		border = append(border, "---\n"...)
	}
	return border
}
