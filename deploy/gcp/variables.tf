# What differs from one installation to the next. Secrets are never variables: see secrets.tf.

variable "name" {
  description = "Prefix of everything that is made."
  type        = string
  default     = "kasparro"
}

variable "project" {
  description = "Google Cloud project."
  type        = string
}

variable "region" {
  description = "Region of everything."
  type        = string
}

variable "image" {
  description = "The image with its tag or digest, in a registry that Cloud Run can pull from."
  type        = string
}

variable "api_callers" {
  description = "Who may call the API, such as user:you@example.org; allUsers opens it. The sources' free plans are for personal use: think before you do."
  type        = list(string)
}

variable "public_read" {
  description = "Whether reading needs no key of ours (KASPARRO_PUBLIC_READ)."
  type        = bool
  default     = false
}

variable "api_instances" {
  description = "How few and how many instances serve the API. 0: none while nobody asks."
  type        = object({ fewest = number, most = number })
  default     = { fewest = 0, most = 4 }
}

variable "memory" {
  description = "Memory of an instance."
  type        = string
  default     = "1Gi"
}

variable "database_tier" {
  description = "Tier of the Cloud SQL instance."
  type        = string
  default     = "db-g1-small"
}

variable "database_version" {
  description = "PostgreSQL 15 or newer, as Cloud SQL names it."
  type        = string
  default     = "POSTGRES_17"
}

variable "database_highly_available" {
  description = "A standby in a second zone."
  type        = bool
  default     = false
}

variable "backups" {
  description = "How many daily backups are kept."
  type        = number
  default     = 7
}

variable "deletion_protection" {
  description = "Whether the database refuses to be deleted."
  type        = bool
  default     = true
}

variable "cidr_block" {
  description = "Addresses of the subnet in which Cloud Run meets the database."
  type        = string
  default     = "10.20.0.0/24"
}

variable "secrets_version" {
  description = "Raise it to make and hand out new passwords; see docs/deploy.md."
  type        = number
  default     = 1
}

variable "prices_schedule" {
  description = "When the prices of all sources are fetched."
  type        = string
  default     = "7 * * * *"
}

variable "catalogues_schedule" {
  description = "When the catalogues of all sources are fetched."
  type        = string
  default     = "37 3 * * *"
}

variable "provider_keys" {
  description = "Ids of existing secrets that hold a provider's key, by setting: COINGECKO_API_KEY, COINPAPRIKA_API_KEY."
  type        = map(string)
  default     = {}
}

variable "settings" {
  description = "Any further setting of kasparro, such as COINGECKO_PLAN or COINGECKO_TOP. No secrets."
  type        = map(string)
  default     = {}
}

variable "alert_email" {
  description = "Who is told when something is wrong. Unset: nobody."
  type        = string
  default     = null
}
