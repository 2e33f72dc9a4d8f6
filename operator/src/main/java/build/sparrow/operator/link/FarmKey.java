package build.sparrow.operator.link;

/** Which farm: the namespace and the name of its {@code BuildFarm}. */
public record FarmKey(String namespace, String name) {
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
