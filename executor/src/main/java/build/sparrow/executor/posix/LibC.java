package build.sparrow.executor.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The C library's functions with Java's types; a failure is an exception that has the errno. */
@SuppressWarnings("restricted") // Calling what is not Java is the purpose of this class.
final class LibC {
  /** What a call answers when a signal came in between. */
  private static final int EINTR = 4;

  private static final int O_CLOEXEC = 0x80000;
  private static final long SYS_PIDFD_SEND_SIGNAL = 424;
  private static final long SYS_PIDFD_OPEN = 434;
  private static final int P_PIDFD = 3;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int SIGINFO_BYTES = 128;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO_FIELD =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle PIPE2 = withErrno("pipe2", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = plain("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle READ =
      withErrno("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle POLL =
      withErrno("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle WAITPID =
      withErrno("waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle WAITID =
      withErrno("waitid", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle KILL = withErrno("kill", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle PIDFD_OPEN =
      LINKER.downcallHandle(
          symbol("syscall"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle PIDFD_SEND_SIGNAL =
      LINKER.downcallHandle(
          symbol("syscall"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle STRERROR = plain("strerror", ADDRESS, JAVA_INT);

  private LibC() {}

  /**
   * Finds a function of the C library; fails with a sentence for the operator if it is not there.
   */
  static MemorySegment symbol(String name) {
    return LINKER
        .defaultLookup()
        .find(name)
        .orElseThrow(
            () ->
                new UnsupportedOperationException(
                    "This system's C library has no function "
                        + name
                        + "; the executor needs Linux with glibc 2.34 or later"));
  }

  /** A function that says by its own result what went wrong, or cannot fail. */
  static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments));
  }

  private static MethodHandle withErrno(
      String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments), ERRNO);
  }

  /** Makes a pipe that no child inherits by accident. */
  static Pipe pipe() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = errno(arena);
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      if ((int) PIPE2.invokeExact(errno, ends, O_CLOEXEC) != 0) {
        throw new PosixException("pipe2", code(errno));
      }
      return new Pipe(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** The two ends of a pipe, as file descriptors. */
  record Pipe(int readEnd, int writeEnd) {}

  /** Closes a file descriptor; what close itself reports is of no use for a pipe or pidfd. */
  static void close(int fd) {
    try {
      var _ = (int) CLOSE.invokeExact(fd);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Reads what is there; 0 is the end. Blocks if nothing is there. */
  static int read(int fd, MemorySegment buffer) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = errno(arena);
      while (true) {
        long count = (long) READ.invokeExact(errno, fd, buffer, buffer.byteSize());
        if (count >= 0) {
          return (int) count;
        }
        if (code(errno) != EINTR) {
          throw new PosixException("read", code(errno));
        }
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /**
   * Waits until one of the descriptors has news.
   *
   * @param entries an array of struct pollfd
   * @param timeoutMillis −1 waits without end
   */
  static void poll(MemorySegment entries, int count, int timeoutMillis) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = errno(arena);
      int ready = (int) POLL.invokeExact(errno, entries, (long) count, timeoutMillis);
      if (ready < 0 && code(errno) != EINTR) {
        throw new PosixException("poll", code(errno));
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Waits for a child and takes its wait status. */
  static int waitpid(int pid) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = errno(arena);
      MemorySegment status = arena.allocate(JAVA_INT);
      while ((int) WAITPID.invokeExact(errno, pid, status, 0) != pid) {
        if (code(errno) != EINTR) {
          throw new PosixException("waitpid", code(errno));
        }
      }
      return status.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Takes the dead process of a pidfd out of the process table if it became our child. */
  static void reap(int pidfd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
      var _ = (int) WAITID.invokeExact(errno(arena), P_PIDFD, pidfd, info, WEXITED | WNOHANG);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Sends a signal to a process, or to a process group if {@code pid} is negative. */
  static boolean kill(int pid, int signal) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) KILL.invokeExact(errno(arena), pid, signal) == 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Opens a process by its id. */
  static int pidfdOpen(int pid) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = errno(arena);
      long fd = (long) PIDFD_OPEN.invokeExact(errno, SYS_PIDFD_OPEN, pid, 0);
      if (fd < 0) {
        throw new PosixException("pidfd_open", code(errno));
      }
      return (int) fd;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Sends a signal to the process of a pidfd; to a dead one it does nothing. */
  static void pidfdSendSignal(int pidfd, int signal) {
    try (Arena arena = Arena.ofConfined()) {
      var _ =
          (long)
              PIDFD_SEND_SIGNAL.invokeExact(
                  errno(arena), SYS_PIDFD_SEND_SIGNAL, pidfd, signal, MemorySegment.NULL, 0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The C library's words for an errno, such as "No such file or directory". */
  static String describe(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** One struct pollfd in an array. */
  static final class PollEntry {
    static final long BYTES = 8;
    static final short POLLIN = 1;
    private static final int EVENTS_OFFSET = 4;
    private static final int REVENTS_OFFSET = 6;

    private PollEntry() {}

    /** A negative {@code fd} makes the kernel pass the entry over. */
    static void set(MemorySegment entries, int index, int fd) {
      long offset = index * BYTES;
      entries.set(JAVA_INT, offset, fd);
      entries.set(JAVA_SHORT, offset + EVENTS_OFFSET, POLLIN);
      entries.set(JAVA_SHORT, offset + REVENTS_OFFSET, (short) 0);
    }

    /** Whether there is something to read, an end included. */
    static boolean hasNews(MemorySegment entries, int index) {
      return entries.get(JAVA_SHORT, index * BYTES + REVENTS_OFFSET) != 0;
    }
  }

  private static MemorySegment errno(Arena arena) {
    return arena.allocate(Linker.Option.captureStateLayout());
  }

  private static int code(MemorySegment errno) {
    return (int) ERRNO_FIELD.get(errno, 0L);
  }

  private static IOException rethrown(Throwable e) {
    if (e instanceof IOException io) {
      return io;
    }
    throw unexpected(e);
  }

  /** A method handle declares Throwable; what comes is our own error. */
  static RuntimeException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }

  /** Bytes of a C string, with its NUL, in an arena. */
  static MemorySegment cString(Arena arena, String text) {
    return arena.allocateFrom(text);
  }

  /** A NULL-terminated array of C strings, as exec wants it. */
  static MemorySegment cStrings(Arena arena, Iterable<String> texts, int count) {
    MemorySegment array = arena.allocate(ADDRESS, count + 1L);
    int index = 0;
    for (String text : texts) {
      array.setAtIndex(ValueLayout.ADDRESS, index++, cString(arena, text));
    }
    array.setAtIndex(ValueLayout.ADDRESS, index, MemorySegment.NULL);
    return array;
  }
}
