package build.sparrow.executor.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to start: a program with its arguments, its environment and its place.
 *
 * @param program path of the executable, not looked up in PATH
 * @param arguments all of them, the program's name first
 * @param environment entries of the form NAME=value; nothing of the agent's own is added
 * @param directory where it starts; null is where the agent is
 * @param hasStatusPipe whether the child gets a pipe as its descriptor {@link #STATUS_FD}
 * @param ownSession whether the child leads a session and process group of its own
 */
public record Spawn(
    Path program,
    List<String> arguments,
    List<String> environment,
    @Nullable Path directory,
    boolean hasStatusPipe,
    boolean ownSession) {
  /** Where a child finds the status pipe, beside the standard three. */
  public static final int STATUS_FD = 3;

  private static final int O_RDONLY = 0;
  private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
  private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
  private static final short POSIX_SPAWN_SETSID = 0x80;

  // The C library's own structs are 80, 336 and 128 bytes on all 64-bit machines.
  private static final long FILE_ACTIONS_BYTES = 256;
  private static final long ATTRIBUTES_BYTES = 512;
  private static final long SIGNAL_SET_BYTES = 128;

  private static final MethodHandle SPAWN =
      LibC.plain(
          "posix_spawn",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS);
  private static final MethodHandle ACTIONS_INIT = one("posix_spawn_file_actions_init");
  private static final MethodHandle ACTIONS_DESTROY = one("posix_spawn_file_actions_destroy");
  private static final MethodHandle ACTIONS_DUP2 =
      LibC.plain(
          "posix_spawn_file_actions_adddup2",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT);
  private static final MethodHandle ACTIONS_OPEN =
      LibC.plain(
          "posix_spawn_file_actions_addopen",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT);
  private static final MethodHandle ACTIONS_CHDIR =
      LibC.plain(
          "posix_spawn_file_actions_addchdir_np",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS);
  private static final MethodHandle ACTIONS_CLOSE_FROM =
      LibC.plain(
          "posix_spawn_file_actions_addclosefrom_np",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_INT);
  private static final MethodHandle ATTRIBUTES_INIT = one("posix_spawnattr_init");
  private static final MethodHandle ATTRIBUTES_DESTROY = one("posix_spawnattr_destroy");
  private static final MethodHandle ATTRIBUTES_FLAGS =
      LibC.plain(
          "posix_spawnattr_setflags",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_SHORT);
  private static final MethodHandle ATTRIBUTES_SIGNAL_DEFAULT =
      LibC.plain(
          "posix_spawnattr_setsigdefault",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS);
  private static final MethodHandle ATTRIBUTES_SIGNAL_MASK =
      LibC.plain(
          "posix_spawnattr_setsigmask",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS);
  private static final MethodHandle FILL_SIGNAL_SET = one("sigfillset");

  /** Copies the lists. */
  public Spawn {
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
  }

  /**
   * Starts the child with an empty standard input, the given pipes as its descriptors from 1 on,
   * and no other.
   *
   * @return its process id
   */
  int start(List<Integer> pipes) throws SpawnException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(FILE_ACTIONS_BYTES, Long.BYTES);
      MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
      check((int) ACTIONS_INIT.invokeExact(actions));
      check((int) ATTRIBUTES_INIT.invokeExact(attributes));
      try {
        fillActions(arena, actions, pipes);
        fillAttributes(arena, attributes);
        MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
        check(
            (int)
                SPAWN.invokeExact(
                    pid,
                    LibC.cString(arena, program.toString()),
                    actions,
                    attributes,
                    LibC.cStrings(arena, arguments, arguments.size()),
                    LibC.cStrings(arena, environment, environment.size())));
        return pid.get(ValueLayout.JAVA_INT, 0);
      } finally {
        check((int) ATTRIBUTES_DESTROY.invokeExact(attributes));
        check((int) ACTIONS_DESTROY.invokeExact(actions));
      }
    } catch (SpawnException e) {
      throw e;
    } catch (Throwable e) {
      throw LibC.unexpected(e);
    }
  }

  private void fillActions(Arena arena, MemorySegment actions, List<Integer> pipes)
      throws Throwable {
    MemorySegment nothing = LibC.cString(arena, "/dev/null");
    check((int) ACTIONS_OPEN.invokeExact(actions, 0, nothing, O_RDONLY, 0));
    int next = 1;
    for (int pipe : pipes) {
      check((int) ACTIONS_DUP2.invokeExact(actions, pipe, next++));
    }
    check((int) ACTIONS_CLOSE_FROM.invokeExact(actions, next));
    if (directory != null) {
      MemorySegment path = LibC.cString(arena, directory.toString());
      check((int) ACTIONS_CHDIR.invokeExact(actions, path));
    }
  }

  /** A child must not inherit what the virtual machine blocks or ignores. */
  private void fillAttributes(Arena arena, MemorySegment attributes) throws Throwable {
    MemorySegment all = arena.allocate(SIGNAL_SET_BYTES, Long.BYTES);
    MemorySegment none = arena.allocate(SIGNAL_SET_BYTES, Long.BYTES);
    check((int) FILL_SIGNAL_SET.invokeExact(all));
    check((int) ATTRIBUTES_SIGNAL_DEFAULT.invokeExact(attributes, all));
    check((int) ATTRIBUTES_SIGNAL_MASK.invokeExact(attributes, none));
    int flags =
        POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (ownSession ? POSIX_SPAWN_SETSID : 0);
    check((int) ATTRIBUTES_FLAGS.invokeExact(attributes, (short) flags));
  }

  private static MethodHandle one(String function) {
    return LibC.plain(function, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
  }

  private void check(int errno) throws SpawnException {
    if (errno != 0) {
      throw new SpawnException(program, errno);
    }
  }
}
