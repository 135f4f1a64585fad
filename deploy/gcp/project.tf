# The services of Google Cloud that this needs, and who the parts of it are.

resource "google_project_service" "needed" {
  for_each = toset([
    "cloudscheduler.googleapis.com",
    "compute.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "servicenetworking.googleapis.com",
    "sqladmin.googleapis.com",
  ])
  service            = each.value
  disable_on_destroy = false # others in the project may need it
}

resource "google_service_account" "api" {
  account_id   = "${var.name}-api"
  display_name = "kasparro: answers questions"
}

resource "google_service_account" "etl" {
  account_id   = "${var.name}-etl"
  display_name = "kasparro: brings sources up to date"
}

resource "google_service_account" "scheduler" {
  account_id   = "${var.name}-scheduler"
  display_name = "kasparro: says when"
}
