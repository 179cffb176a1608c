// Package fn is the function: it annotates the pod templates of workloads with checksums
// of the Secrets and ConfigMaps that they use, as the functionConfig says. Beside it are
// the other commands that answer from the same knowledge.
//
// The house, and the way of the data through it:
//
//	 bytes                                                 functionConfig
//	   |                                                         |
//	manifest    splits them into items, to be looked at        config    types, defaults,
//	   |                                                         |       validation
//	   +-----------------------------+---------------------------+
//	                                 |
//	                               usage       who reads what, resolved, with digests;
//	                              /  |  \      built once, never changed
//	                      source     |     workload
//	     Secrets, ConfigMaps and     |     kinds, pod templates,
//	     what is made into them   digest   references
//	                                 |
//	            +--------------------+----- - - -
//	            |                    |
//	     annotate.go       check.go, patch.go,   read it, each in a small file
//	            |          audit.go, impact.go
//	            |                    |
//	       annotation           propagation      keys: build, own, compare; how changes
//	            |                    |           reach pods
//	            |                    |
//	            +-------- report ----+       what is told to people
//	            |
//	         manifest    writes the items back, but for the edits, byte for byte
//
// patch makes the patches that patch.go tells of, files reads and writes what a command is
// given, and diff shows changes.
//
// Imports run one way: fn imports usage, annotation, report and config; usage imports
// source, workload, manifest and config; source imports digest; propagation imports workload
// and annotation. config knows nothing of
// what is done with a configuration, and usage nothing of annotations, edits and messages.
//
// To follow a run, read Annotate, then usage.Build, then decideWorkload.
package fn
