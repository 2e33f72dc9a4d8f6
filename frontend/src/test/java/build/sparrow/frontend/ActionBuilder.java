package build.sparrow.frontend;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.Platform;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Makes an action with all the blobs it consists of: by default {@code true} in an empty root. */
public final class ActionBuilder {
  private final DigestFunction function;
  private final Map<Digest, ByteString> blobs = new LinkedHashMap<>();
  private final Set<Digest> withheld = new HashSet<>();
  private final Command.Builder command = Command.newBuilder().addArguments("true");
  private final Action.Builder action = Action.newBuilder();
  private Digest root;

  private ActionBuilder(DigestFunction function) {
    this.function = function;
    this.root = directory(Directory.getDefaultInstance());
  }

  public static ActionBuilder action() {
    return new ActionBuilder(DigestFunction.SHA256);
  }

  /** An action that differs from those with another salt. */
  public static ActionBuilder action(String salt) {
    return action().tuned(action -> action.setSalt(ByteString.copyFromUtf8(salt)));
  }

  public static ActionBuilder action(DigestFunction function) {
    return new ActionBuilder(function);
  }

  public ActionBuilder commanded(Consumer<Command.Builder> change) {
    change.accept(command);
    return this;
  }

  public ActionBuilder tuned(Consumer<Action.Builder> change) {
    change.accept(action);
    return this;
  }

  public ActionBuilder timeout(long seconds) {
    return tuned(action -> action.setTimeout(Duration.newBuilder().setSeconds(seconds)));
  }

  public ActionBuilder platform(String name, String value) {
    return tuned(
        action ->
            action
                .getPlatformBuilder()
                .addProperties(Platform.Property.newBuilder().setName(name).setValue(value)));
  }

  /** Adds a blob that the action may refer to. */
  public Digest blob(ByteString content) {
    Digest digest = function.digestOf(content);
    blobs.put(digest, content);
    return digest;
  }

  public Digest blob(String content) {
    return blob(ByteString.copyFromUtf8(content));
  }

  public Digest directory(Directory directory) {
    return blob(directory.toByteString());
  }

  public ActionBuilder root(Directory directory) {
    return root(directory(directory));
  }

  public ActionBuilder root(Digest directory) {
    root = directory;
    return this;
  }

  /** Leaves a blob out of what is uploaded. */
  public ActionBuilder without(Digest blob) {
    withheld.add(blob);
    return this;
  }

  public DigestFunction function() {
    return function;
  }

  /** The action with everything set; its digests are those that {@link #blobs} has. */
  public Action build() {
    Message made = command.build();
    return action
        .setCommandDigest(blob(made.toByteString()).toProto())
        .setInputRootDigest(root.toProto())
        .build();
  }

  public Digest digest() {
    return blob(build().toByteString());
  }

  public Digest commandDigest() {
    return blob(command.build().toByteString());
  }

  /** All that a client uploads before it executes the action. */
  public Map<Digest, ByteString> blobs() {
    digest();
    Map<Digest, ByteString> uploaded = new LinkedHashMap<>(blobs);
    withheld.forEach(uploaded::remove);
    return uploaded;
  }
}
