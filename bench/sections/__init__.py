"""What is measured, one file each: a function from a folder for databases to rows."""
