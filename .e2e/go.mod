module github.com/proompteng/checksum-annotator/.e2e

go 1.26.0
