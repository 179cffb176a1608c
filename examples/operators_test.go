package examples

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A change of a source changes the annotations of the pods that read it, and nothing else.
func TestOperatorsFollowTheirSources(t *testing.T) {
	places := map[string][]string{ // of the annotations
		"Prometheus":   {"spec", "podMetadata", "annotations"},
		"KafkaConnect": {"spec", "template", "pod", "metadata", "annotations"},
		"HelmRelease":  {"spec", "values", "podAnnotations"},
		"Application":  {"spec", "source", "helm", "valuesObject", "podAnnotations"},
	}
	for change, want := range map[revision][]string{
		{"sources.yaml", "opensesame", "openbarley"}:         {"KafkaConnect"},
		{"sources.yaml", "bucket: metrics", "bucket: other"}: {"Prometheus"},
		{"sources.yaml", `"groups: []"`, `"groups: [{}]"`}:   {"Prometheus"},
		{"sources.yaml", "welcome", "goodbye"}:               {"Application", "HelmRelease"},
		{"kafka-connect.yaml", "replicas: 1", "replicas: 2"}: nil,
	} {
		t.Run(change.new, func(t *testing.T) {
			dir := filepath.Join(workshop(t), "examples", "operators")
			before := objects(t, mustBuild(t, dir))
			apply(t, dir, change)
			after := objects(t, mustBuild(t, dir))
			var restarted []string
			for _, old := range before {
				kind := old.text("kind")
				place, isWorkload := places[kind]
				if !isWorkload {
					continue
				}
				current := find(t, after, kind, old.text("metadata", "name"))
				if old.at(place...) == nil {
					t.Errorf("the %s has no annotations", kind)
				}
				if !cmp.Equal(old.at(place...), current.at(place...)) {
					restarted = append(restarted, kind)
				}
			}
			slices.Sort(restarted)
			if diff := cmp.Diff(want, restarted); diff != "" {
				t.Errorf("restarts (-want +got):\n%s", diff)
			}
		})
	}
}
