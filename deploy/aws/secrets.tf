# Passwords are made here and handed on without being kept: ephemeral values and write-only
# arguments are in no plan and no state. A higher secrets_version makes new ones.

ephemeral "random_password" "database" {
  length  = 40
  special = false # it stands in a URL
}

ephemeral "random_password" "admin_key" {
  length  = 40
  special = false # it travels in a header
}

resource "aws_secretsmanager_secret" "database_url" {
  name_prefix = "${var.name}-database-url-"
  description = "DATABASE_URL of kasparro"
}

resource "aws_secretsmanager_secret_version" "database_url" {
  secret_id = aws_secretsmanager_secret.database_url.id
  secret_string_wo = join("", [
    "postgresql://${local.user}:${ephemeral.random_password.database.result}",
    "@${aws_db_instance.this.endpoint}/${local.database}?sslmode=require",
  ])
  secret_string_wo_version = var.secrets_version
}

resource "aws_secretsmanager_secret" "admin_key" {
  name_prefix = "${var.name}-admin-key-"
  description = "KASPARRO_ADMIN_KEY: what changes state needs it"
}

resource "aws_secretsmanager_secret_version" "admin_key" {
  secret_id                = aws_secretsmanager_secret.admin_key.id
  secret_string_wo         = ephemeral.random_password.admin_key.result
  secret_string_wo_version = var.secrets_version
}
