# Any command of kasparro beside the database, once: gcloud run jobs execute NAME --args=…
# Without arguments it ingests, so it also replaces the ETL service where a run outlasts a request.

resource "google_cloud_run_v2_job" "command" {
  name                = "${var.name}-command"
  location            = var.region
  deletion_protection = false

  depends_on = [
    google_secret_manager_secret_iam_member.reader,
    google_secret_manager_secret_iam_member.provider_key,
    google_sql_user.this,
    google_sql_database.this,
  ]

  template {
    template {
      service_account = google_service_account.etl.email
      timeout         = "21600s"
      max_retries     = 0 # the next one goes on from the checkpoint

      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"

        network_interfaces {
          network    = google_compute_network.this.id
          subnetwork = google_compute_subnetwork.this.id
        }
      }

      containers {
        image   = var.image
        command = ["kasparro"]
        args    = ["ingest"]

        resources {
          limits = { cpu = "1", memory = var.memory }
        }

        dynamic "env" {
          for_each = local.environment
          content {
            name  = env.key
            value = env.value
          }
        }

        dynamic "env" {
          for_each = merge(local.database_url, var.provider_keys)
          content {
            name = env.key
            value_source {
              secret_key_ref {
                secret  = env.value
                version = "latest"
              }
            }
          }
        }
      }
    }
  }
}
