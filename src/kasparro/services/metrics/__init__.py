"""What a scrape says of the database: a file for each sort of thing that is measured."""
