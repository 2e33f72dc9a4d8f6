package build.sparrow.cas.file;

import build.sparrow.cas.ZstdContract;
import java.io.IOException;
import java.time.Duration;

class FileZstdTest extends ZstdContract<FileBlobStore> {
  @Override
  protected FileBlobStore open() throws IOException {
    return FileBlobStore.open(folder, CAPACITY_BYTES, Duration.ofHours(3));
  }
}
