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
	for i, output := range s {
		var n int64
		if i > 0 {
			n, err = io.Copy(w, bytes.NewReader(border(s[i-1].Bytes(), output.Bytes())))
			written += n
		}
		if err == nil {
			n, err = output.WriteTo(w)
			written += n
		}
		if err != nil {
			return written, err
		}
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
