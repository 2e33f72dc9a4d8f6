package build.sparrow.cas;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.reapi.Digest;
import io.prometheus.client.CollectorRegistry;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeteredBlobStoreTest {
  private final CollectorRegistry registry = new CollectorRegistry();
  private final MeteredBlobStore store =
      new MeteredBlobStore(new InMemoryBlobStore(), "sparrow_test", registry);

  private double value(String name, String... labels) {
    String[] names = new String[labels.length / 2];
    String[] values = new String[labels.length / 2];
    for (int i = 0; i < names.length; i++) {
      names[i] = labels[2 * i];
      values[i] = labels[2 * i + 1];
    }
    Double sample = registry.getSampleValue("sparrow_test_" + name, names, values);
    return sample == null ? 0 : sample;
  }

  @Test
  void callsBytesAndFindingsAreCounted() throws Exception {
    Digest digest = digestOf(text("four"));
    try (BlobUpload upload = store.write(SCOPE, digest)) {
      upload.write(text("four"));
      upload.commit();
    }
    store.writeAll(SCOPE, Map.of(digestOf(text("sixsix")), text("sixsix")));
    try (InputStream in = store.read(SCOPE, digest, 1, 0)) {
      assertThat(in.readAllBytes()).hasSize(3);
    }
    assertThat(store.readAll(SCOPE, List.of(digest))).hasSize(1);
    assertThat(store.findMissing(SCOPE, List.of(digest, unknown(1), unknown(2)))).hasSize(2);

    assertThat(value("written_bytes_total")).isEqualTo(10);
    assertThat(value("read_bytes_total")).isEqualTo(7);
    assertThat(value("looked_up_blobs_total", "found", "present")).isEqualTo(1);
    assertThat(value("looked_up_blobs_total", "found", "missing")).isEqualTo(2);
    assertThat(value("call_seconds_count", "call", "commit")).isEqualTo(1);
    assertThat(value("call_seconds_count", "call", "find_missing")).isEqualTo(1);
  }

  @Test
  void failuresAreCountedByKind_andPassedOn() {
    assertThatThrownBy(() -> store.read(SCOPE, unknown(1), 0, 0))
        .isInstanceOf(BlobMissingException.class);
    assertThatThrownBy(() -> store.writeAll(SCOPE, Map.of(unknown(1), text("a"))))
        .isInstanceOf(DigestMismatchException.class);

    assertThat(value("failures_total", "call", "read", "failure", "missing")).isEqualTo(1);
    assertThat(value("failures_total", "call", "write_all", "failure", "mismatch")).isEqualTo(1);
  }

  @Test
  void closingFreesTheNames() {
    store.close();

    try (MeteredBlobStore again =
        new MeteredBlobStore(new InMemoryBlobStore(), "sparrow_test", registry)) {
      assertThat(again).isNotNull();
    }
  }
}
