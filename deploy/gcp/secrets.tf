# Passwords are made here and handed on without being kept: ephemeral values and write-only
# arguments are in no plan and no state. A higher secrets_version makes new ones.
#
# One exception: the key that Cloud Scheduler sends is part of its job, which anybody sees who may
# read the job or this state. It opens the ETL service only, and only to who is that scheduler.

ephemeral "random_password" "database" {
  length  = 40
  special = false # it stands in a URL
}

ephemeral "random_password" "admin_key" {
  length  = 40
  special = false # it travels in a header
}

resource "random_password" "scheduler_key" {
  length  = 40
  special = false
  keepers = { version = var.secrets_version }
}

locals {
  secrets = {
    database-url  = [google_service_account.api, google_service_account.etl]
    admin-key     = [google_service_account.api]
    scheduler-key = [google_service_account.etl]
  }

  readers = merge([
    for secret, accounts in local.secrets : {
      for account in accounts : "${secret} ${account.account_id}" => {
        secret = google_secret_manager_secret.this[secret].id
        member = account.member
      }
    }
  ]...)
}

resource "google_secret_manager_secret" "this" {
  for_each   = local.secrets
  secret_id  = "${var.name}-${each.key}"
  depends_on = [google_project_service.needed]

  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "database_url" {
  secret = google_secret_manager_secret.this["database-url"].id
  secret_data_wo = join("", [
    "postgresql://${local.user}:${ephemeral.random_password.database.result}",
    "@${google_sql_database_instance.this.private_ip_address}:5432/${local.database}",
    "?sslmode=require",
  ])
  secret_data_wo_version = var.secrets_version
}

resource "google_secret_manager_secret_version" "admin_key" {
  secret                 = google_secret_manager_secret.this["admin-key"].id
  secret_data_wo         = ephemeral.random_password.admin_key.result
  secret_data_wo_version = var.secrets_version
}

resource "google_secret_manager_secret_version" "scheduler_key" {
  secret      = google_secret_manager_secret.this["scheduler-key"].id
  secret_data = random_password.scheduler_key.result
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each  = local.readers
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = each.value.member
}

resource "google_secret_manager_secret_iam_member" "provider_key" {
  for_each  = var.provider_keys
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.etl.member
}
