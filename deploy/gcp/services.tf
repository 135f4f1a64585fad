# Two services of one image, both without a processor between requests. The API only reads; the ETL
# is `kasparro up` with its scheduler off: it works while POST /run-etl?wait=true waits for it. Only
# one instance of it exists, so that no frozen one ever holds a run that another waits for.

locals {
  environment = merge(
    {
      API_HOST             = "0.0.0.0" # the port is in PORT
      KASPARRO_PUBLIC_READ = var.public_read ? "on" : "off"
      KASPARRO_SCHEDULER   = "off" # Cloud Scheduler decides when
    },
    var.settings,
  )

  database_url = { DATABASE_URL = google_secret_manager_secret_version.database_url.secret }

  api_secrets = merge(local.database_url, {
    KASPARRO_ADMIN_KEY = google_secret_manager_secret_version.admin_key.secret
  })

  etl_secrets = merge(local.database_url, var.provider_keys, {
    KASPARRO_ADMIN_KEY = google_secret_manager_secret_version.scheduler_key.secret
  })
}

resource "google_cloud_run_v2_service" "api" {
  name                = "${var.name}-api"
  location            = var.region
  ingress             = "INGRESS_TRAFFIC_ALL"
  deletion_protection = false # it holds nothing
  depends_on          = [google_secret_manager_secret_iam_member.reader, google_sql_user.this, google_sql_database.this]

  template {
    service_account                  = google_service_account.api.email
    timeout                          = "60s"
    max_instance_request_concurrency = 80

    scaling {
      min_instance_count = var.api_instances.fewest
      max_instance_count = var.api_instances.most
    }

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
      args    = ["serve"]

      resources {
        limits            = { cpu = "1", memory = var.memory }
        cpu_idle          = true
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = local.environment
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = local.api_secrets
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

      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 2
        failure_threshold = 60

        http_get {
          path = "/health"
        }
      }
    }
  }
}

resource "google_cloud_run_v2_service" "etl" {
  name                = "${var.name}-etl"
  location            = var.region
  ingress             = "INGRESS_TRAFFIC_INTERNAL_ONLY" # Cloud Scheduler of this project is inside
  deletion_protection = false

  depends_on = [
    google_secret_manager_secret_iam_member.reader,
    google_secret_manager_secret_iam_member.provider_key,
    google_sql_user.this,
    google_sql_database.this,
  ]

  template {
    service_account = google_service_account.etl.email
    timeout         = "3600s"

    scaling {
      min_instance_count = 0
      max_instance_count = 1
    }

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
      args    = ["up"]

      resources {
        limits            = { cpu = "1", memory = var.memory }
        cpu_idle          = true
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = local.environment
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = local.etl_secrets
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

      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 2
        failure_threshold = 60

        http_get {
          path = "/health"
        }
      }
    }
  }
}

resource "google_cloud_run_v2_service_iam_member" "api_callers" {
  for_each = toset(var.api_callers)
  name     = google_cloud_run_v2_service.api.name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.value
}

resource "google_cloud_run_v2_service_iam_member" "scheduler" {
  name     = google_cloud_run_v2_service.etl.name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}
