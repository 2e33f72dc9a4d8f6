package build.sparrow.cas.segment;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Large pages for memory that is used all over: without them, half of the time of a look-up is the
 * processor's search for the page.
 */
final class LargePages {
  /** What a large page has, on most machines. */
  static final long BYTES = 2 << 20;

  // Of Linux, since 6.1.
  private static final int MADV_COLLAPSE = 25;
  private static final int PAGE_BYTES = 4096;
  private static final MethodHandle MADVISE = madvise();

  private LargePages() {}

  @SuppressWarnings("restricted")
  private static MethodHandle madvise() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("madvise"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT));
  }

  /**
   * Asks for them.
   *
   * @return whether they were given; an older kernel knows nothing of them, another has none left
   */
  static boolean collapse(MemorySegment memory) {
    long skipped = -memory.address() & (PAGE_BYTES - 1);
    if (memory.byteSize() <= skipped) {
      return false;
    }
    MemorySegment pages = memory.asSlice(skipped);
    try {
      return (int) MADVISE.invokeExact(pages, pages.byteSize(), MADV_COLLAPSE) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("madvise cannot be called", e);
    }
  }
}
