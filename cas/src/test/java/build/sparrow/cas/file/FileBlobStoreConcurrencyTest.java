package build.sparrow.cas.file;

import build.sparrow.cas.BlobStoreConcurrencyContract;
import build.sparrow.cas.StoreUsage;
import java.io.IOException;

class FileBlobStoreConcurrencyTest extends BlobStoreConcurrencyContract<FileBlobStore> {
  FileBlobStoreConcurrencyTest() {
    super(60 * 4096, 60);
  }

  @Override
  protected FileBlobStore open(long capacityBytes) throws IOException {
    return FileBlobStore.open(folder, capacityBytes, LEASE, clock, FileCreator.system());
  }

  @Override
  protected StoreUsage usage(FileBlobStore store) {
    return store.usage();
  }
}
