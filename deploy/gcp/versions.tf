# Terraform 1.11 is the first that can hand a password on without keeping it (write-only arguments).

terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.0, < 8.0"
    }
    random = {
      source  = "hashicorp/random"
      version = ">= 3.7, < 4.0"
    }
  }
}

provider "google" {
  project        = var.project
  region         = var.region
  default_labels = { app = var.name }
}
