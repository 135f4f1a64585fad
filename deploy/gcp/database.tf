# PostgreSQL: private, encrypted at rest and on the way, backed up, hard to delete by mistake.

locals {
  user     = "kasparro"
  database = "kasparro"
}

resource "google_sql_database_instance" "this" {
  name                = var.name
  region              = var.region
  database_version    = var.database_version
  deletion_protection = var.deletion_protection
  depends_on          = [google_service_networking_connection.database]

  settings {
    edition           = "ENTERPRISE"
    tier              = var.database_tier
    availability_type = var.database_highly_available ? "REGIONAL" : "ZONAL"
    disk_type         = "PD_SSD"
    disk_size         = 10
    disk_autoresize   = true

    deletion_protection_enabled = var.deletion_protection

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.this.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
      start_time                     = "02:00"

      backup_retention_settings {
        retained_backups = var.backups
      }
    }

    maintenance_window {
      day  = 7
      hour = 3
    }
  }
}

resource "google_sql_database" "this" {
  name     = local.database
  instance = google_sql_database_instance.this.name
}

resource "google_sql_user" "this" {
  name                = local.user
  instance            = google_sql_database_instance.this.name
  password_wo         = ephemeral.random_password.database.result
  password_wo_version = var.secrets_version
  deletion_policy     = "ABANDON" # it owns the tables
}
