# What differs from one installation to the next. Secrets are never variables: see secrets.tf.

variable "name" {
  description = "Prefix of everything that is made."
  type        = string
  default     = "kasparro"
}

variable "region" {
  description = "AWS region."
  type        = string
}

variable "image" {
  description = "The image with its tag or digest, in a registry that ECS can pull from."
  type        = string
}

variable "cpu_architecture" {
  description = "X86_64 or ARM64; the image must have it."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "cpu_architecture is X86_64 or ARM64."
  }
}

variable "certificate_arn" {
  description = "ACM certificate of the host name under which the API answers. Keys never travel unencrypted, so there is no way without."
  type        = string
}

variable "allowed_cidr_blocks" {
  description = "Who may reach the API. The sources' free plans are for personal use: think before 0.0.0.0/0."
  type        = list(string)
}

variable "public_read" {
  description = "Whether reading needs no key (KASPARRO_PUBLIC_READ)."
  type        = bool
  default     = false
}

variable "network" {
  description = "Existing subnets to use. Unset: a VPC of its own."
  type = object({
    vpc_id             = string
    load_balancer      = list(string) # subnet ids, public, two zones
    tasks              = list(string) # subnet ids with a way to the internet
    tasks_need_address = bool         # true where that way is an internet gateway
    database           = list(string) # subnet ids, private, two zones
  })
  default = null
}

variable "cidr_block" {
  description = "Addresses of the VPC, where one is made."
  type        = string
  default     = "10.20.0.0/16"
}

variable "api_tasks" {
  description = "How many copies of the API run."
  type        = number
  default     = 1
}

variable "cpu" {
  description = "CPU units of a task; 1024 is one core."
  type        = number
  default     = 512
}

variable "memory" {
  description = "Memory of a task in MiB."
  type        = number
  default     = 1024
}

variable "database_class" {
  description = "Class of the RDS instance."
  type        = string
  default     = "db.t4g.small"
}

variable "database_version" {
  description = "Major version of PostgreSQL, 15 or newer."
  type        = string
  default     = "17"
}

variable "database_storage_gb" {
  description = "Storage to begin with, and the most it may grow to."
  type        = object({ first = number, most = number })
  default     = { first = 20, most = 200 }
}

variable "database_multi_az" {
  description = "A standby in a second zone."
  type        = bool
  default     = false
}

variable "backup_days" {
  description = "Days of backups and point-in-time recovery."
  type        = number
  default     = 7
}

variable "deletion_protection" {
  description = "Whether the database refuses to be deleted."
  type        = bool
  default     = true
}

variable "secrets_version" {
  description = "Raise it to make and hand out new passwords; see docs/deploy.md."
  type        = number
  default     = 1
}

variable "prices_schedule" {
  description = "When the prices of all sources are fetched."
  type        = string
  default     = "cron(7 * * * ? *)"
}

variable "catalogues_schedule" {
  description = "When the catalogues of all sources are fetched."
  type        = string
  default     = "cron(37 3 * * ? *)"
}

variable "provider_key_arns" {
  description = "ARNs of secrets that hold a provider's key, by setting: COINGECKO_API_KEY, COINPAPRIKA_API_KEY."
  type        = map(string)
  default     = {}
}

variable "settings" {
  description = "Any further setting of kasparro, such as COINGECKO_PLAN or COINGECKO_TOP. No secrets."
  type        = map(string)
  default     = {}
}

variable "log_days" {
  description = "Days the logs are kept."
  type        = number
  default     = 30
}

variable "alarm_email" {
  description = "Who is told when something is wrong. Unset: nobody."
  type        = string
  default     = null
}
