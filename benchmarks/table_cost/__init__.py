"""What a restore tick and a sweep cost in the state table, as the number of known services grows."""
