package build.sparrow.cas.segment;

/**
 * A record's key in 96 bits, as the index holds it: two hashes with secret numbers of the store, so
 * that nobody can make two keys that meet.
 */
record IndexKey(long high, int check) {}
