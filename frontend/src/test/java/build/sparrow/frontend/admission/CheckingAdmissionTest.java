package build.sparrow.frontend.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.FileNode;
import build.sparrow.frontend.ActionBuilder;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.scheduling.PropertyMatch;
import build.sparrow.scheduling.PropertyRules;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CheckingAdmissionTest {
  private static final Duration LEASE = Duration.ofHours(3);

  private final InMemoryBlobStore blobs = new InMemoryBlobStore();
  private final InMemoryActionCache cache = new InMemoryActionCache();
  private final AtomicLong nanos = new AtomicLong();
  private final CheckingAdmission admission =
      new CheckingAdmission(
          blobs,
          cache,
          new AdmissionLimits(Duration.ofMinutes(15), Duration.ofHours(1), 1_000_000),
          new PropertyRules(Map.of("memory", PropertyMatch.MINIMUM), Map.of()),
          LEASE,
          nanos::get);

  @AfterEach
  void close() {
    admission.close();
  }

  private ActionKey key(ActionBuilder action) {
    return new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, action.digest());
  }

  private Verdict admit(ActionBuilder action) {
    blobs.blobs.putAll(action.blobs());
    return admission.admit(key(action), false);
  }

  private static FileNode file(String name, Digest digest) {
    return FileNode.newBuilder().setName(name).setDigest(digest.toProto()).build();
  }

  private static DirectoryNode child(String name, Digest digest) {
    return DirectoryNode.newBuilder().setName(name).setDigest(digest.toProto()).build();
  }

  /** A root with a file of its own and the toolchain, two levels deep, beneath it. */
  private static ActionBuilder compile(String source) {
    ActionBuilder action = ActionBuilder.action(source);
    Digest lib =
        action.directory(Directory.newBuilder().addFiles(file("c", action.blob("libc"))).build());
    Digest toolchain =
        action.directory(
            Directory.newBuilder()
                .addFiles(file("gcc", action.blob("gcc")))
                .addDirectories(child("lib", lib))
                .build());
    return action.root(
        Directory.newBuilder()
            .addFiles(file("source", action.blob(source)))
            .addDirectories(child("toolchain", toolchain))
            .build());
  }

  @Test
  void actionPassesWithAllThatWasFound() {
    ActionBuilder action = compile("source").timeout(5).platform("b", "2").platform("a", "1");

    assertThat(admit(action))
        .isInstanceOfSatisfying(
            Verdict.Admitted.class,
            verdict -> {
              AdmittedAction admitted = verdict.action();
              assertThat(admitted.key()).isEqualTo(key(action));
              assertThat(admitted.action()).isEqualTo(action.build());
              assertThat(admitted.command().getArgumentsList()).containsExactly("true");
              assertThat(admitted.timeout()).isEqualTo(Duration.ofSeconds(5));
              assertThat(admitted.platform()).hasToString("a=1,b=2");
              assertThat(admitted.cacheable()).isTrue();
            });
  }

  @Test
  void flatActionCostsThreeRounds() {
    ActionBuilder action = ActionBuilder.action();
    Digest source = action.blob("source");
    Digest root = action.directory(Directory.newBuilder().addFiles(file("s", source)).build());

    admit(action.root(root));

    assertThat(cache.lookups).hasValue(1);
    assertThat(blobs.reads)
        .containsExactly(Set.of(action.digest()), Set.of(action.commandDigest(), root));
    assertThat(blobs.questions).containsExactly(List.of(source));
  }

  @Test
  void whatTheFarmCountsMustBeAnAmount() {
    assertThat(admit(compile("one").platform("memory", "16Gi")))
        .isInstanceOf(Verdict.Admitted.class);
    assertThatThrownBy(() -> admit(compile("two").platform("memory", "lots")))
        .hasMessageContaining("platform property \"memory\" is \"lots\"")
        .hasMessageContaining("give an amount as 4, 500m or 16Gi");
  }

  @Test
  void knownTreeIsNeitherReadNorAskedForAgain() {
    admit(compile("same"));
    ActionBuilder again = compile("same").commanded(command -> command.addArguments("again"));
    blobs.startCounting();

    assertThat(admit(again)).isInstanceOf(Verdict.Admitted.class);

    assertThat(blobs.reads).containsExactly(Set.of(again.digest()), Set.of(again.commandDigest()));
    assertThat(blobs.questions).isEmpty();
  }

  @Test
  void knownToolchainBeneathANewRootCostsNothing() {
    admit(compile("one"));
    ActionBuilder other = compile("other");
    blobs.startCounting();

    assertThat(admit(other)).isInstanceOf(Verdict.Admitted.class);

    assertThat(blobs.reads).hasSize(2);
    assertThat(blobs.questions)
        .containsExactly(List.of(DigestFunction.SHA256.digestOf(ByteString.copyFromUtf8("other"))));
  }

  @Test
  void presenceIsBelievedForHalfOfTheLease() {
    admit(compile("one"));
    blobs.startCounting();

    nanos.addAndGet(LEASE.dividedBy(2).toNanos() - 1);
    admit(compile("one"));
    assertThat(blobs.questions).isEmpty();

    nanos.addAndGet(1);
    admit(compile("one"));
    assertThat(blobs.questions).singleElement().satisfies(asked -> assertThat(asked).hasSize(3));
  }

  @Test
  void newRootIsBelievedNoLongerThanItsOldestPart() {
    admit(compile("one"));
    nanos.addAndGet(LEASE.dividedBy(4).toNanos());
    admit(compile("two"));
    nanos.addAndGet(LEASE.dividedBy(4).toNanos());
    blobs.startCounting();

    admit(compile("two"));

    assertThat(blobs.questions).singleElement().satisfies(asked -> assertThat(asked).hasSize(3));
  }

  @Test
  void nothingIsBelieved_onceAnInputWentMissing() {
    ActionBuilder action = compile("one");
    admit(action);
    Digest gcc = DigestFunction.SHA256.digestOf(ByteString.copyFromUtf8("gcc"));
    blobs.blobs.remove(gcc);

    assertThat(admission.admit(key(action), false)).isInstanceOf(Verdict.Admitted.class);
    admission.inputsWentMissing();

    assertThat(admission.admit(key(action), false))
        .isEqualTo(new Verdict.BlobsMissing(DigestFunction.SHA256, Set.of(gcc)));
  }

  @Test
  void treeWithAMissingBlobIsNotBelieved() {
    ActionBuilder action = compile("one");
    Digest gcc = DigestFunction.SHA256.digestOf(ByteString.copyFromUtf8("gcc"));
    action.without(gcc);

    assertThat(admit(action)).isInstanceOf(Verdict.BlobsMissing.class);
    assertThat(admit(action)).isInstanceOf(Verdict.BlobsMissing.class);
    blobs.blobs.put(gcc, ByteString.copyFromUtf8("gcc"));
    assertThat(admit(action)).isInstanceOf(Verdict.Admitted.class);
  }

  @Test
  void eachBlobIsAskedForOnce_andTheEmptyOneNever() {
    ActionBuilder action = ActionBuilder.action();
    Digest same = action.blob("same");
    Digest empty = DigestFunction.SHA256.emptyDigest();
    Digest sub = action.directory(Directory.newBuilder().addFiles(file("b", same)).build());

    admit(
        action.root(
            Directory.newBuilder()
                .addFiles(file("a", same))
                .addFiles(file("e", empty))
                .addDirectories(child("s", sub))
                .build()));

    assertThat(blobs.questions).containsExactly(List.of(same));
  }

  @Test
  void knownResultNeedsNoInputs() {
    ActionBuilder action = compile("gone");
    ActionResult result = ActionResult.newBuilder().setExitCode(0).build();
    cache.put(key(action), result);

    assertThat(admission.admit(key(action), false)).isEqualTo(new Verdict.Cached(result));
  }

  @Test
  void knownResultIsLeftAlone_whenTheActionShallRun() {
    ActionBuilder action = compile("one");
    blobs.blobs.putAll(action.blobs());
    cache.put(key(action), ActionResult.getDefaultInstance());

    assertThat(admission.admit(key(action), true)).isInstanceOf(Verdict.Admitted.class);
    assertThat(cache.lookups).hasValue(0);
  }

  @Test
  void actionThatMustNotBeCachedIsNotServedFromTheCache() {
    ActionBuilder action = compile("one").tuned(it -> it.setDoNotCache(true));
    cache.put(key(action), ActionResult.getDefaultInstance());

    assertThat(admit(action)).isInstanceOf(Verdict.Admitted.class);
  }

  @Test
  void zeroTimeoutMeansTheDefault() {
    assertThat(admit(ActionBuilder.action().timeout(0)))
        .isInstanceOfSatisfying(
            Verdict.Admitted.class,
            verdict -> assertThat(verdict.action().timeout()).isEqualTo(Duration.ofMinutes(15)));
  }

  @Test
  void environmentNeedNotBeSorted() {
    ActionBuilder action =
        ActionBuilder.action()
            .commanded(
                command -> {
                  command.addEnvironmentVariablesBuilder().setName("B").setValue("1");
                  command.addEnvironmentVariablesBuilder().setName("A").setValue("");
                });

    assertThat(admit(action)).isInstanceOf(Verdict.Admitted.class);
  }

  @Test
  void failureOfTheStoreIsAnOutage() {
    blobs.broken = true;

    assertThatThrownBy(() -> admission.admit(key(compile("one")), false))
        .hasMessageStartingWith("UNAVAILABLE: the store could not be asked")
        .hasMessageContaining("disk on fire");
  }

  @Test
  void directoryThatContainsItselfEndsInAnError() {
    ActionBuilder action = ActionBuilder.action();
    Digest self = DigestFunction.SHA256.digestOf(new byte[] {1});
    // No honest store could hold this.
    blobs.blobs.put(
        self, Directory.newBuilder().addDirectories(child("d", self)).build().toByteString());

    assertThatThrownBy(() -> admit(action.root(self)))
        .hasMessageStartingWith("INTERNAL")
        .hasMessageContaining("contains itself");
  }

  private static ActionBuilder bomb(int levels, String salt) {
    ActionBuilder bomb = ActionBuilder.action(salt);
    Digest level =
        bomb.directory(Directory.newBuilder().addFiles(file("f", bomb.blob(salt))).build());
    for (int i = 0; i < levels; i++) {
      level =
          bomb.directory(
              Directory.newBuilder()
                  .addDirectories(child("a", level))
                  .addDirectories(child("b", level))
                  .build());
    }
    return bomb.root(level);
  }

  @Test
  void treeBombIsDefusedWithinMilliseconds() {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      ActionBuilder bomb = bomb(40, "bomb " + i);
      ActionKey key = key(bomb);
      blobs.blobs.putAll(bomb.blobs());
      blobs.startCounting();

      long start = System.nanoTime();
      assertThatThrownBy(() -> admission.admit(key, false))
          .hasMessageContaining(
              "input root expands to more than 1000000 entries (maxInputEntries)");
      best = Math.min(best, System.nanoTime() - start);

      // Action, command with root, and each further level once; no file is asked for.
      assertThat(blobs.reads).hasSize(2 + 40);
      assertThat(blobs.questions).isEmpty();
    }
    assertThat(TimeUnit.NANOSECONDS.toMillis(best)).isLessThan(20);
  }

  @Test
  void treeBombBeyondAllNumbersIsDefusedToo() {
    assertThatThrownBy(() -> admit(bomb(200, "2^200")))
        .hasMessageContaining("more than 1000000 entries");
  }

  @Test
  void boundOfEntriesIsExact() {
    CheckingAdmission three =
        new CheckingAdmission(
            blobs,
            cache,
            new AdmissionLimits(Duration.ofMinutes(1), Duration.ofMinutes(1), 3),
            PropertyRules.EXACT,
            LEASE,
            nanos::get);
    ActionBuilder fits = bomb(1, "three").root(twoLevels(0));
    ActionBuilder tooMany = bomb(1, "four").root(twoLevels(1));
    blobs.blobs.putAll(fits.blobs());
    blobs.blobs.putAll(tooMany.blobs());

    try (three) {
      assertThat(three.admit(key(fits), false)).isInstanceOf(Verdict.Admitted.class);
      assertThatThrownBy(() -> three.admit(key(tooMany), false))
          .hasMessageContaining("more than 3 entries");
    }
  }

  /** A directory with one file, twice beneath a root, less one if there is none to spare. */
  private Digest twoLevels(int spare) {
    ActionBuilder blobsOnly = ActionBuilder.action();
    Digest leaf =
        blobsOnly.directory(
            Directory.newBuilder().addFiles(file("f", blobsOnly.blob("leaf"))).build());
    Directory.Builder root = Directory.newBuilder().addDirectories(child("a", leaf));
    if (spare == 0) {
      root.addFiles(file("z", blobsOnly.blob("leaf")));
    } else {
      root.addDirectories(child("b", leaf));
    }
    Digest digest = blobsOnly.directory(root.build());
    blobs.blobs.putAll(blobsOnly.blobs());
    return digest;
  }
}
