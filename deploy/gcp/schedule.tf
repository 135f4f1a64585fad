# When the ETL runs. The request is the run: it wakes the instance, waits for the runs to end, and so
# keeps the processor. 409 (still at it) and 503 (not awake) are tried again.

locals {
  schedules = {
    prices     = { at = var.prices_schedule, path = "/run-etl?wait=true" }
    catalogues = { at = var.catalogues_schedule, path = "/run-etl?wait=true&catalogues=true" }
  }
}

resource "google_cloud_scheduler_job" "etl" {
  for_each         = local.schedules
  name             = "${var.name}-${each.key}"
  region           = var.region
  schedule         = each.value.at
  time_zone        = "Etc/UTC"
  attempt_deadline = "1800s" # the longest there is

  http_target {
    http_method = "POST"
    uri         = "${google_cloud_run_v2_service.etl.uri}${each.value.path}"
    headers     = { "X-API-Key" = random_password.scheduler_key.result }

    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = google_cloud_run_v2_service.etl.uri
    }
  }

  retry_config {
    retry_count          = 3
    min_backoff_duration = "60s"
    max_backoff_duration = "300s"
  }

  depends_on = [google_cloud_run_v2_service_iam_member.scheduler]
}
