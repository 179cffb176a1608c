// Package kptfn is the function for programs that embed functions: Process is for
// those that are built with the kpt functions SDK, ProcessNodes for those built with
// kyaml's framework. The command needs neither.
package kptfn
