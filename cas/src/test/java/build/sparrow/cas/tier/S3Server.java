package build.sparrow.cas.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** s3proxy in a process of its own, which the build has put beside the classes. */
@SuppressWarnings("try")
record S3Server(Process process, URI endpoint) implements AutoCloseable {
  static final String KEY_ID = "farm";
  static final String SECRET = "only-for-tests";

  private static final Path JAR = Path.of("target", "tools", "s3proxy.jar");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Starts one with one empty bucket, and its data in the folder. */
  static S3Server start(Path folder, String bucket) throws Exception {
    assertThat(JAR).as("run mvn generate-test-resources, which fetches it").exists();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.createDirectories(folder.resolve("objects").resolve(bucket));
    Path properties =
        Files.writeString(
            folder.resolve("s3proxy.conf"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=filesystem
            jclouds.filesystem.basedir=%s
            """
                .formatted(port, KEY_ID, SECRET, folder.resolve("objects")));
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-jar",
                JAR.toString(),
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    S3Server server = new S3Server(process, URI.create("http://127.0.0.1:" + port));
    try {
      server.awaitListening(folder.resolve("s3proxy.log"));
      return server;
    } catch (Throwable e) {
      server.close();
      throw e;
    }
  }

  private void awaitListening(Path log) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try (Socket _ = new Socket(endpoint.getHost(), endpoint.getPort())) {
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("s3proxy does not start: " + Files.readString(log), e);
        }
        Thread.sleep(50);
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
