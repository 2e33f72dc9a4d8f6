package build.sparrow.cas.file;

import build.sparrow.reapi.Digest;

/** Which file: a digest within a namespace, whose {@code FileScope} exists once. */
record FileKey(FileScope scope, Digest digest) {}
