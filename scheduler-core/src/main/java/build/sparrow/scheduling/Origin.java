package build.sparrow.scheduling;

/**
 * Where an action comes from, as far as its client says: it decides who shares with whom, and what
 * is known of actions like it. Nothing of it is trusted for more than that; each part may be empty.
 *
 * @param tenant who shares the farm with other tenants
 * @param invocation one build of a tenant
 * @param mnemonic the kind of action
 * @param target what the action is for, such as {@code //package:name}
 */
public record Origin(String tenant, String invocation, String mnemonic, String target) {
  /** Of an action of which nothing is said. */
  public static final Origin UNKNOWN = new Origin("", "", "", "");
}
