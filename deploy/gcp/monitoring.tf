# What our log lines say, as metrics, and who is told when something is wrong.

locals {
  ours = "resource.type=(\"cloud_run_revision\" OR \"cloud_run_job\") AND (resource.labels.service_name=~\"^${var.name}-\" OR resource.labels.job_name=~\"^${var.name}-\")"

  log_metrics = {
    runs_good    = "jsonPayload.event=\"run over\" AND jsonPayload.status=(\"success\" OR \"partial\")"
    runs_failed  = "jsonPayload.event=\"run over\" AND jsonPayload.status=\"failed\""
    runs_unusual = "jsonPayload.event=\"unusual run\""
    drift        = "jsonPayload.event=\"drift\""
    errors       = "jsonPayload.level=\"error\""
    waits        = "jsonPayload.event=\"waiting\""
  }

  channels = google_monitoring_notification_channel.email[*].id
}

resource "google_logging_metric" "this" {
  for_each = local.log_metrics
  name     = "${var.name}/${each.key}"
  filter   = "${local.ours} AND ${each.value}"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
}

resource "google_monitoring_notification_channel" "email" {
  count        = var.alert_email == null ? 0 : 1
  display_name = "${var.name} alerts"
  type         = "email"
  labels       = { email_address = var.alert_email }
}

resource "google_monitoring_alert_policy" "no_good_run" {
  display_name          = "${var.name}: no run ended well for three hours"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "no good run"

    condition_absent {
      filter   = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.this["runs_good"].name}\" AND resource.type=\"cloud_run_revision\""
      duration = "10800s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "runs_fail" {
  display_name          = "${var.name}: runs fail"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "three failed runs in three hours"

    condition_threshold {
      filter          = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.this["runs_failed"].name}\" AND resource.type=\"cloud_run_revision\""
      comparison      = "COMPARISON_GT"
      threshold_value = 2
      duration        = "0s"

      aggregations {
        alignment_period     = "10800s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "api_errors" {
  display_name          = "${var.name}: the API answers with 5xx"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "more than ten in five minutes"

    condition_threshold {
      filter          = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND resource.label.service_name=\"${google_cloud_run_v2_service.api.name}\" AND metric.label.response_code_class=\"5xx\""
      comparison      = "COMPARISON_GT"
      threshold_value = 10
      duration        = "0s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "disk" {
  display_name          = "${var.name}: the database's disk is nearly full"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "more than 90% used"

    condition_threshold {
      filter          = "metric.type=\"cloudsql.googleapis.com/database/disk/utilization\" AND resource.type=\"cloudsql_database\" AND resource.label.database_id=\"${var.project}:${google_sql_database_instance.this.name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0.9
      duration        = "600s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MEAN"
      }
    }
  }
}
