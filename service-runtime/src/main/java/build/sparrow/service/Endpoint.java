package build.sparrow.service;

/**
 * Where a process listens or is reached: a host and a TCP port.
 *
 * @param host a name or an IP address, without the brackets of IPv6
 * @param port 0 to 65535; 0 only for listening, where it means any free port
 */
public record Endpoint(String host, int port) {
  private static final String SCHEME = "grpc://";
  private static final int MAX_PORT = 65_535;

  public Endpoint {
    if (host.isBlank()) {
      throw new IllegalArgumentException("Endpoint has no host; give host:port");
    }
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("Port is " + port + "; give 0 to " + MAX_PORT);
    }
  }

  /** The endpoint of a port on the loopback interface. */
  public static Endpoint loopback(int port) {
    return new Endpoint("127.0.0.1", port);
  }

  /**
   * Reads {@code host:port}, {@code [ipv6]:port}, either with {@code grpc://} in front.
   *
   * @throws IllegalArgumentException naming the text and the expected form
   */
  public static Endpoint parse(String text) {
    String address = text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
    if (address.contains("://")) {
      throw unreadable(text, "the scheme is not grpc");
    }
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      throw unreadable(text, "the port is missing");
    }
    return new Endpoint(
        readHost(text, address.substring(0, colon)), readPort(text, address.substring(colon + 1)));
  }

  private static String readHost(String text, String host) {
    if (host.startsWith("[") && host.endsWith("]")) {
      return host.substring(1, host.length() - 1);
    }
    if (host.isBlank()) {
      throw unreadable(text, "the host is missing");
    }
    if (host.contains(":")) {
      throw unreadable(text, "an IPv6 address needs brackets, as in [::1]:8980");
    }
    return host;
  }

  private static int readPort(String text, String digits) {
    int port;
    try {
      port = Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw unreadable(text, "the port is not a number");
    }
    if (port < 0 || port > MAX_PORT) {
      throw unreadable(text, "the port is not in 0 to " + MAX_PORT);
    }
    return port;
  }

  private static IllegalArgumentException unreadable(String text, String why) {
    return new IllegalArgumentException(
        "Endpoint is \"" + text + "\": " + why + "; give host:port, as in 127.0.0.1:8980");
  }

  /** As a client writes it, {@code grpc://host:port}. */
  public String uri() {
    return SCHEME + this;
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
