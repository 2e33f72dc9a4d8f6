package build.sparrow.service;

import java.time.Duration;

/** The bounds of every gRPC connection in a farm; servers and channels must agree on them. */
public final class TransportLimits {
  /** The most bytes that a batch of blobs may hold together; announced to clients. */
  public static final int MAX_BATCH_BYTES = 4 << 20;

  /** Room beside a full batch for digests, field tags and messages. */
  public static final int MESSAGE_SLACK_BYTES = 1 << 20;

  /** The largest message that is accepted; a larger one ends its call as RESOURCE_EXHAUSTED. */
  public static final int MAX_MESSAGE_BYTES = MAX_BATCH_BYTES + MESSAGE_SLACK_BYTES;

  /** The most bytes of headers that are accepted with a call. */
  public static final int MAX_METADATA_BYTES = 16 << 10;

  /** The most calls that one connection may have open; further ones wait at the client. */
  public static final int MAX_CALLS_PER_CONNECTION = 1000;

  /** The most bytes in flight towards us, for a stream and for its connection. */
  static final int FLOW_CONTROL_WINDOW_BYTES = 2 << 20;

  /** A stream counts as ready to send while fewer bytes than this wait in it. */
  public static final int READY_THRESHOLD_BYTES = 1 << 20;

  /** The most streams that a client may reset within a second: rapid reset, CVE-2023-44487. */
  static final int MAX_RESETS_PER_SECOND = 2 * MAX_CALLS_PER_CONNECTION;

  /**
   * The shortest pause that a client may leave between keepalive pings. A client that is set to 10
   * s is some milliseconds early now and then, and three such pings would end its connection.
   */
  static final Duration PERMITTED_KEEPALIVE = Duration.ofSeconds(9);

  /** How long a new connection may take until HTTP/2 is agreed on. */
  static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  /** The pause after which a server asks a silent client whether it is still there. */
  static final Duration SERVER_KEEPALIVE = Duration.ofSeconds(30);

  /** The pause after which our own clients ask a silent server. */
  static final Duration CLIENT_KEEPALIVE = Duration.ofSeconds(10);

  /** How long our own clients wait for the answer to a keepalive ping. */
  static final Duration CLIENT_KEEPALIVE_TIMEOUT = Duration.ofSeconds(5);

  private TransportLimits() {}
}
