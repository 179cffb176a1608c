package config_test

import (
	"net/mail"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// A functionMetadata has the fields that the kpt catalog demands, and no others.
type functionMetadata struct {
	Image              string   `json:"image"`
	Description        string   `json:"description"`
	Tags               []string `json:"tags"`
	SourceURL          string   `json:"sourceURL"`
	ExamplePackageURLs []string `json:"examplePackageURLs"`
	Emails             []string `json:"emails"`
	License            string   `json:"license"`
}

func readMetadata(t *testing.T) functionMetadata {
	t.Helper()
	var metadata functionMetadata
	if err := yaml.UnmarshalStrict([]byte(readFile(t, "metadata.yaml")), &metadata); err != nil {
		t.Fatal(err)
	}
	return metadata
}

func TestMetadataHasWhatTheCatalogDemands(t *testing.T) {
	metadata := readMetadata(t)
	for field, value := range map[string]string{
		"image":              metadata.Image,
		"description":        metadata.Description,
		"tags":               strings.Join(metadata.Tags, ""),
		"sourceURL":          metadata.SourceURL,
		"examplePackageURLs": strings.Join(metadata.ExamplePackageURLs, ""),
		"emails":             strings.Join(metadata.Emails, ""),
		"license":            metadata.License,
	} {
		if value == "" {
			t.Errorf("%s is empty", field)
		}
	}
	for _, email := range metadata.Emails {
		if _, err := mail.ParseAddress(email); err != nil {
			t.Errorf("emails: %q: %v", email, err)
		}
	}
	if len(metadata.Tags) != 1 || metadata.Tags[0] != "mutator" {
		t.Errorf("the tags are %q: the function is a mutator", metadata.Tags)
	}
}

func TestMetadataNamesThisModuleAndItsLicense(t *testing.T) {
	metadata := readMetadata(t)
	module, _, _ := strings.Cut(readFile(t, "../go.mod"), "\n")
	if want := "https://" + strings.TrimPrefix(module, "module ") + "/tree/main"; metadata.SourceURL != want {
		t.Errorf("sourceURL is %s, not %s", metadata.SourceURL, want)
	}
	name, version, _ := strings.Cut(metadata.License, "-")
	license := readFile(t, "../LICENSE")
	if !strings.Contains(license, name+" License") || !strings.Contains(license, "Version "+version) {
		t.Errorf("LICENSE is not %s", metadata.License)
	}
}

// The catalog adds the tag to the image.
func TestMetadataNamesTheImageOfTheExamples(t *testing.T) {
	image := readMetadata(t).Image
	if strings.Contains(image, ":") {
		t.Errorf("the image %s has a tag", image)
	}
	for path, call := range map[string]string{
		"../examples/kpt-render/shop/Kptfile": "- image: ",
		"../examples/kpt-eval/README.md":      "--image ",
	} {
		if !strings.Contains(readFile(t, path), call+image+":") {
			t.Errorf("%s does not call %s", path, image)
		}
	}
}

func TestMetadataNamesExamplesThatExist(t *testing.T) {
	metadata := readMetadata(t)
	for _, url := range metadata.ExamplePackageURLs {
		path, ok := strings.CutPrefix(url, metadata.SourceURL+"/")
		if !ok {
			t.Errorf("%s is not in %s", url, metadata.SourceURL)
		}
		manifests, err := filepath.Glob(filepath.Join("..", path, "*.yaml"))
		if err != nil || len(manifests) == 0 {
			t.Errorf("%s has no manifests: %v", url, err)
		}
		own, err := filepath.Glob(filepath.Join("..", path, "README.md"))
		above, errAbove := filepath.Glob(filepath.Join("..", path, "..", "README.md"))
		if err != nil || errAbove != nil || len(own)+len(above) == 0 {
			t.Errorf("%s is not documented", url)
		}
	}
}
