package build.sparrow.frontend.admission;

/**
 * A directory and all beneath it: every directory canonical, every blob found in the store.
 *
 * @param entries files, directories and symlinks beneath it when it is laid out on a disk
 * @param depth levels of directories beneath it
 * @param pathBytes length of the longest path beneath it
 * @param trustedUntilNanos when to ask again whether all is still there
 */
record CheckedSubtree(
    DirectoryNames names, long entries, int depth, int pathBytes, long trustedUntilNanos) {}
