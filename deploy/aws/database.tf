# PostgreSQL: private, encrypted at rest and on the way, backed up, hard to delete by mistake.

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = local.network.database
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "postgres${var.database_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.database_version
  instance_class = var.database_class

  allocated_storage     = var.database_storage_gb.first
  max_allocated_storage = var.database_storage_gb.most
  storage_type          = "gp3"
  storage_encrypted     = true

  db_name             = local.database
  username            = local.user
  password_wo         = ephemeral.random_password.database.result
  password_wo_version = var.secrets_version

  db_subnet_group_name   = aws_db_subnet_group.this.name
  parameter_group_name   = aws_db_parameter_group.this.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false
  multi_az               = var.database_multi_az

  backup_retention_period   = var.backup_days
  copy_tags_to_snapshot     = true
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.name}-last"

  auto_minor_version_upgrade      = true
  allow_major_version_upgrade     = false
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
}
