# A VPC with public subnets for load balancer and tasks, and subnets without any way out for the
# database. Tasks have public addresses and let nobody in but the load balancer: a NAT gateway would
# cost more than everything else here and protect nothing that the security groups do not.

data "aws_availability_zones" "here" {
  state = "available"
}

locals {
  own_network = var.network == null
  zones       = local.own_network ? slice(data.aws_availability_zones.here.names, 0, 2) : []
  network = local.own_network ? {
    vpc_id             = aws_vpc.own[0].id
    load_balancer      = aws_subnet.public[*].id
    tasks              = aws_subnet.public[*].id
    tasks_need_address = true
    database           = aws_subnet.database[*].id
  } : var.network
}

resource "aws_vpc" "own" {
  count                = local.own_network ? 1 : 0
  cidr_block           = var.cidr_block
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_internet_gateway" "own" {
  count  = local.own_network ? 1 : 0
  vpc_id = aws_vpc.own[0].id
  tags   = { Name = var.name }
}

resource "aws_subnet" "public" {
  count             = length(local.zones)
  vpc_id            = aws_vpc.own[0].id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.cidr_block, 8, count.index)
  tags              = { Name = "${var.name} public ${count.index}" }
}

resource "aws_subnet" "database" {
  count             = length(local.zones)
  vpc_id            = aws_vpc.own[0].id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.cidr_block, 8, 100 + count.index)
  tags              = { Name = "${var.name} database ${count.index}" }
}

resource "aws_route_table" "public" {
  count  = local.own_network ? 1 : 0
  vpc_id = aws_vpc.own[0].id
  tags   = { Name = "${var.name} public" }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.own[0].id
  }
}

resource "aws_route_table_association" "public" {
  count          = length(local.zones)
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public[0].id
}
