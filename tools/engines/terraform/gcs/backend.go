// Package gcs stands in for a state backend that is published in no Go module. What runs these engines keeps its state in files.
package gcs

import "github.com/hashicorp/terraform/internal/backend"

// New fails: nothing that is checked here has such a backend.
func New() backend.Backend {
	panic("the state backend gcs is not a part of this build of Terraform")
}
